// What nobody can do without: the bare programs, on files that the agent
// itself wrote.
import type { Element } from '../../proxyvm/core/element.ts';
import { type ProxyUid, portOf } from '../../proxyvm/core/proxy-uid.ts';
import { renderChangeElements } from '../../proxyvm/render/nft.ts';
import { agentPath } from './agent.ts';
import type { Attachment } from './documents.ts';
import { floorUids, withFiles } from './floor-files.ts';
import type { Case } from './measure.ts';
import type { Program, Stopwatch } from './stopwatch/stopwatch.ts';

/** Told, but no part of the floor. */
export function beside(one: Case): Case {
    return { ...one, role: 'beside' };
}

export function bareNode(stopwatch: Stopwatch): Case {
    const program = { file: 'node', args: ['-e', '0'] };
    return { name: 'node -e 0', ...floor(stopwatch, program) };
}

/** What is there: the table, and the units. */
export function bareLook(stopwatch: Stopwatch): Case[] {
    const table = ['list', 'table', 'inet', 'qubes-filterproxy'];
    const units = ['show', '--property=Id,ActiveState', 'qubes-filterproxy@*'];
    return [
        {
            name: 'nft list table',
            ...floor(stopwatch, { file: 'nft', args: table }),
        },
        {
            name: 'systemctl show',
            ...floor(stopwatch, { file: 'systemctl', args: units }),
        },
    ];
}

/** It loads all of itself, and ends when it sees no task. */
export function agentWithoutTask(stopwatch: Stopwatch): Case {
    const measure = async () =>
        (await stopwatch.time({ file: agentPath, args: [] })).milliseconds;
    return { name: 'agent without a task', role: 'beside', measure };
}

/** To where it accepts connections, outside of systemd. */
export function bareTinyproxy(stopwatch: Stopwatch): Case {
    const [uid] = floorUids(1) as [ProxyUid];
    const config = '/run/bench/proxies/$1/tinyproxy.conf';
    const start = `exec tinyproxy -d -c "${config}"`;
    return {
        name: 'tinyproxy, until it listens',
        ...floor(stopwatch, {
            file: 'sh',
            args: ['-c', start, 'sh', String(uid)],
            untilPort: portOf(uid),
        }),
        ...withFiles(stopwatch, [uid]),
    };
}

/** Of so many units, next to others that run. */
export function bareSystemctl(stopwatch: Stopwatch, count: number): Case {
    const uids = floorUids(count);
    const units = uids.map((uid) => `qubes-filterproxy@${uid}.service`);
    const files = withFiles(stopwatch, uids);
    return {
        name: `systemctl start, ${plural(count, 'unit')}`,
        ...floor(stopwatch, { file: 'systemctl', args: ['start', ...units] }),
        prepare: files.prepare,
        restore: async () => {
            await stopwatch.must({
                file: 'systemctl',
                args: ['stop', ...units],
            });
            await files.restore();
        },
    };
}

const agent = '/usr/lib/qubes/filterproxy/filterproxy-agent';

/**
 * The same where nothing else of ours is: the table is loaded before, and the
 * guard is up, held by a unit of the bench's. Of a table that the agent has not
 * loaded it would say that it is not as it should be: so it is not asked.
 */
export function bareSystemctlAlone(stopwatch: Stopwatch, count: number): Case {
    const alone = bareSystemctl(stopwatch, count);
    return {
        ...alone,
        prepare: async () => {
            await alone.prepare?.();
            await stopwatch.sh(
                `nft -f /run/bench/table.nft
                mount --bind /bin/true ${agent}
                systemd-run --quiet --unit=bench-keeper \\
                    --property=BindsTo=qubes-filterproxy-guard.service \\
                    --property=After=qubes-filterproxy-guard.service \\
                    sleep infinity`,
            );
        },
        restore: async () => {
            await alone.restore?.();
            await stopwatch.sh(
                `systemctl stop bench-keeper qubes-filterproxy-guard
                umount ${agent}
                nft delete table inet qubes-filterproxy`,
            );
        },
    };
}

/** The whole table with the elements of all clients, in one transaction. */
export function bareNftTable(stopwatch: Stopwatch): Case {
    return {
        name: 'nft -f, the whole table',
        ...floor(stopwatch, {
            file: 'nft',
            args: ['-f', '/run/bench/table.nft'],
        }),
        restore: async () => {
            await stopwatch.sh('nft delete table inet qubes-filterproxy');
        },
    };
}

/** Lets one more proxy in and out, and leads that client's door to it. */
export function bareNftChange(
    stopwatch: Stopwatch,
    { xid, address, gateway }: Attachment,
    servingPort: () => number,
): Case {
    const [uid] = floorUids(1) as [ProxyUid];
    const port = portOf(uid);
    const doorTo = (value: number): Element => ({
        set: 'door4',
        key: [`vif${xid}.0`, address, gateway],
        value,
    });
    const support: Element[] = [
        { set: 'instance', key: [port], value: null },
        { set: 'client4', key: [uid, address, port], value: null },
        { set: 'caller4', key: [address, port], value: null },
        { set: 'permit', key: [uid, 80], value: null },
        { set: 'permit', key: [uid, 443], value: null },
    ];
    const load = (remove: Element[], add: Element[]): Program => ({
        file: 'nft',
        args: ['-f', '-'],
        input: renderChangeElements(remove, add),
    });
    const measure = async () => {
        const there = [doorTo(port), ...support];
        const swap = load([doorTo(servingPort())], there);
        return (await stopwatch.must(swap)).milliseconds;
    };
    const restore = async () => {
        const back = load([doorTo(port), ...support], [doorTo(servingPort())]);
        await stopwatch.must(back);
    };
    return { name: 'nft -f, one swap', role: 'floor', measure, restore };
}

function floor(stopwatch: Stopwatch, program: Program) {
    const measure = async () => (await stopwatch.must(program)).milliseconds;
    return { role: 'floor', measure } as const;
}

export function plural(count: number, noun: string): string {
    return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
