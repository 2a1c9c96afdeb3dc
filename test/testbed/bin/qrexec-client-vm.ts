// Stand-in for the qrexec-client-vm of a qube: TARGET SERVICE[+ARGUMENT].
import type { Writable } from 'node:stream';
import { callFromQube } from '../qrexec/client-vm.ts';

const [target = '', service = ''] = process.argv.slice(2);
// A reader of ours that went away ends no call.
process.stdout.on('error', () => process.stdout.destroy());
void callFromQube(target, service, {
    input: process.stdin,
    stdout: writeTo(process.stdout),
    stderr: writeTo(process.stderr),
}).then((exitCode) => process.exit(exitCode));

/** Resolves when it is taken. */
function writeTo(stream: Writable) {
    return (data: Buffer | string) =>
        new Promise<void>((resolve) => {
            stream.write(data, () => resolve());
        });
}
