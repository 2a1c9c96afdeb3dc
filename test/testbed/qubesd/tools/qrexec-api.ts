// qubesd as a tool in a management qube reaches it (qubes-core-admin-client
// qubesadmin/app.py, class QubesRemote), but for a process of qrexec-client-vm
// for each call, which with Node.js takes long.
import { Readable } from 'node:stream';
import { callFromQube } from '../../qrexec/client-vm.ts';
import { parseReply } from '../admin-client.ts';
import { Api, ApiError } from './api.ts';

export class QrexecApi extends Api {
    constructor() {
        super('/var/run/qubesd.sock');
    }

    override async call(
        method: string,
        dest: string,
        arg?: string,
        payload = '',
    ): Promise<string> {
        const service = arg === undefined ? method : `${method}+${arg}`;
        const output: Buffer[] = [];
        let errors = '';
        const exitCode = await callFromQube(dest, service, {
            input: Readable.from(payload === '' ? [] : [Buffer.from(payload)]),
            stdout: (data) => {
                output.push(Buffer.from(data));
            },
            stderr: (data) => {
                errors += data;
            },
        });
        if (exitCode !== 0) {
            throw new ApiError({
                type: 'QubesDaemonAccessError',
                message: `Service call error: ${errors}`,
            });
        }
        const reply = parseReply(Buffer.concat(output));
        if (!reply.ok) {
            throw new ApiError(reply.error);
        }
        return reply.value;
    }
}
