// What a proxy's sandbox does not refuse: see sandbox-probe.py.
import { readFileSync } from 'node:fs';
import { bed } from './bed.ts';
import { inProxyvm } from './proxyvm.ts';

const program = readFileSync(new URL('sandbox-probe.py', import.meta.url));

// The last user id of the range: no test needs so many.
const unit = 'qubes-filterproxy@61183.service';
const dropIn = `/run/systemd/system/${unit}.d`;

/** Nothing but the program and the errno differs from a proxy's unit. */
const changed = `[Service]
Type=oneshot
Restart=no
ExecStart=
ExecStart=/usr/bin/python3 /usr/share/sandbox-probe.py
SystemCallErrorNumber=ENOTTY
StandardOutput=file:/run/sandbox-probe
StandardError=inherit
`;

/** Runs the probe in the sandbox of a proxy; what it prints. */
export async function askSandbox(): Promise<string> {
    await bed.must(
        ['qube', 'sys-filter', 'sh', '-c', 'cat >/usr/share/sandbox-probe.py'],
        { input: program },
    );
    await bed.must(
        [
            ...['qube', 'sys-filter', 'sh', '-c'],
            `mkdir -p ${dropIn}; cat >${dropIn}/probe.conf;` +
                ' systemctl daemon-reload',
        ],
        { input: changed },
    );
    try {
        return await inProxyvm(
            `systemctl start ${unit}; cat /run/sandbox-probe`,
        );
    } finally {
        await inProxyvm(
            `rm -r ${dropIn} /usr/share/sandbox-probe.py` +
                ' /run/sandbox-probe; systemctl daemon-reload',
        );
    }
}
