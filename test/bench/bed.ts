// The qubes that the bench makes for itself and takes away again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Attachment } from './documents.ts';
import { testbed } from './paths.ts';

export const proxyvm = 'bench-filter';
export const client = 'bench-client';
export const otherClient = 'bench-other';
/** It never has rules. */
export const plainQube = 'bench-plain';

const clients = [client, otherClient, plainQube];

/**
 * A ProxyVM and two clients of it, running and without rules, and a qube that
 * is to be one. The daemon would do in between what is measured alone.
 */
export async function makeQubes(): Promise<void> {
    await must('dom0', 'systemctl', 'stop', 'qubes-filterproxyd');
    await removeQubes();
    const options = ['--netvm', 'sys-firewall', '--provides-network'];
    await must('create', proxyvm, ...options);
    await must('start', proxyvm);
    for (const name of clients) {
        await must('create', name, '--netvm', proxyvm);
    }
    await must('start', client);
    await must('start', otherClient);
}

/** With all that runs and lies in them; fine if they are not there. */
export async function removeQubes(): Promise<void> {
    const status = await must('status');
    for (const name of [...clients, proxyvm]) {
        const line = status
            .split('\n')
            .find((each) => each.startsWith(`${name} `));
        if (line === undefined) {
            continue;
        }
        if (!line.includes('Halted')) {
            await must('kill', name);
        }
        await must('remove', name);
    }
    const rules = clients.map(
        (name) => `/etc/qubes/filterproxy/qubes/${name}.rules`,
    );
    await must('dom0', 'rm', '-f', ...rules);
}

/** A client as the document for its ProxyVM has it. */
export async function attachmentOf(client: string): Promise<Attachment> {
    const of = async (property: string) =>
        (await must('dom0', 'qvm-prefs', client, property)).trim();
    return {
        name: client,
        uuid: await of('uuid'),
        xid: Number(await of('xid')),
        address: await of('ip'),
        gateway: await of('visible_gateway'),
    };
}

/** What `testbed ARGS…` prints; throws if it fails. */
async function must(...args: string[]): Promise<string> {
    const child = spawn(testbed, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
            output += text;
        });
    }
    const [exitCode] = await once(child, 'close');
    if (exitCode !== 0) {
        throw new Error(`testbed ${args.join(' ')}: ${output}`);
    }
    return output;
}
