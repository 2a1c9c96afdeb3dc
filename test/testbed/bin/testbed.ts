// The part of the command line that asks something of a running testbed.
import { runCommandLine, UsageError } from '../command-line.ts';

try {
    process.exitCode = await runCommandLine(process.argv.slice(2));
} catch (error) {
    if (!(error instanceof UsageError)) {
        throw error;
    }
    console.error(`testbed: ${error.message}`);
    process.exitCode = 2;
}
