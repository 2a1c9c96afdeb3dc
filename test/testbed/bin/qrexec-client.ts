// Stand-in for dom0's qrexec-client.
import { call } from '../qrexec/client.ts';
import { parseOptions, usage } from '../qrexec/client-options.ts';

const options = parseOptions(process.argv.slice(2));
if (options === 'help') {
    process.stdout.write(usage);
} else if (options === null) {
    process.stderr.write(usage);
    process.exitCode = 1;
} else {
    void call(options).then((exitCode) => process.exit(exitCode));
}
