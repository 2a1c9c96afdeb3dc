// What is done around the end of a proxy.
import { expect, test } from 'vitest';
import { endProxies } from '../../proxyvm/apply/end-proxies.ts';
import type { Tools } from '../../proxyvm/apply/tools.ts';
import { parseProxyUid } from '../../proxyvm/core/proxy-uid.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';

const version = 'conntrack v1.4.7 (conntrack-tools): ';
const gone = `${version}Operation failed: such conntrack doesn't exist\n`;
const none = `${version}0 flow entries have been deleted.\n`;

/** The command lines that were run, with what conntrack says in turn. */
async function endOne(answers: string[]): Promise<string[]> {
    const lines: string[] = [];
    const run: RunCommand = async (file, args) => {
        lines.push([file, ...args].join(' '));
        const said = file === 'conntrack' ? (answers.shift() ?? gone) : '';
        return {
            command: file,
            exitCode: said === '' ? 0 : 1,
            stdout: Buffer.alloc(0),
            stderr: Buffer.from(said),
            startError: null,
            timedOut: false,
            tooLong: false,
        };
    };
    const uid = parseProxyUid('60710');
    const tools: Tools = {
        run,
        tinyproxy: null,
        countEnded: () => undefined,
        planned: { unix: 0, uptime: 0 },
    };
    const uids = uid === null ? [] : [uid];
    await endProxies(tools, { action: 'end-proxies', uids });
    return lines;
}

const unanswered =
    'conntrack --delete --proto tcp --reply-port-src 8105 --state SYN_SENT';
const reset =
    'conntrack --delete --proto tcp --orig-port-dst 8100 --state CLOSE';

function endings(lines: readonly string[]): string[] {
    return lines.filter((line) => !line.startsWith('ss '));
}

test('what was reset is forgotten after the proxy has ended', async () => {
    const [before, end, after, ...more] = endings(await endOne([none, none]));
    expect(before).toBe(unanswered);
    expect(end).toMatch(/^systemctl stop .*qubes-filterproxy@60710\.service/);
    expect(after).toBe(reset);
    expect(more).toEqual([]);
});

test('an entry that ended by itself keeps no other from being deleted', async () => {
    const lines = endings(await endOne([gone, gone, none, gone, none]));
    expect(lines.slice(0, 3)).toEqual([unanswered, unanswered, unanswered]);
    expect(lines.slice(4)).toEqual([reset, reset]);
});

test('a conntrack that always fails keeps no proxy from its end', async () => {
    const lines = endings(await endOne([]));
    expect(lines.filter((line) => line.startsWith('systemctl'))).toHaveLength(
        1,
    );
});
