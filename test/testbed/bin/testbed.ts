// The part of the command line that asks something of a running testbed.
import { runCommandLine, UsageError } from '../command-line.ts';

async function main(args: readonly string[]): Promise<number> {
    try {
        return await runCommandLine(args);
    } catch (error) {
        if (!(error instanceof UsageError)) {
            throw error;
        }
        console.error(`testbed: ${error.message}`);
        return 2;
    }
}

void main(process.argv.slice(2)).then((exitCode) => {
    process.exitCode = exitCode;
});
