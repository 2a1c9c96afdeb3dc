// qubes-filterproxyd as it runs in dom0, and what it brings about.
import { expect } from 'vitest';
import { type BedResult, bed } from './bed.ts';
import { config, filterproxy, forgetAll } from './filterproxy.ts';

const unit = 'qubes-filterproxyd';

/** The hosts that clients are tried with. */
export const hosts = ['a.test', 'b.test', 'c.test'];

/** The qubes of the testbed, as it comes up, and the daemon, without rules. */
export async function daemonUp(): Promise<void> {
    await bed.up();
    await forgetAll();
    await startDaemon();
}

/** As other tests expect to find things. */
export async function daemonDown(): Promise<void> {
    await stopDaemon();
    await forgetAll();
}

/** Returns when it says that it is ready. */
export async function startDaemon(): Promise<void> {
    await bed.must(['dom0', 'systemctl', 'start', unit]);
}

export async function stopDaemon(): Promise<void> {
    await bed.must(['dom0', 'systemctl', 'stop', unit]);
}

/** It has no time for anything; systemd starts another one. */
export async function killDaemon(): Promise<void> {
    const kill = ['systemctl', 'kill', '--kill-whom=main', '--signal=KILL'];
    await bed.must(['dom0', ...kill, unit]);
}

/** Waits until systemd has it back. */
export async function untilUp(): Promise<void> {
    await expect
        .poll(() => unitProperty('ActiveState'), { timeout: 15_000 })
        .toBe('active');
}

/** One property of the unit, as systemd has it. */
export async function unitProperty(name: string): Promise<string> {
    const show = ['systemctl', 'show', '--value', '-p', name, unit];
    return (await bed.dom0(...show)).stdout.trim();
}

/** All that it said since that moment, in seconds of the machine's clock. */
export async function journalSince(moment: number): Promise<string> {
    const { stdout } = await bed.dom0(
        'sh',
        '-c',
        `journalctl --sync; exec journalctl --no-pager --output=cat --unit=${unit}` +
            ` --since=@${moment.toFixed(6)}`,
    );
    return stdout;
}

export async function untilSaid(
    since: number,
    text: string | RegExp,
): Promise<void> {
    await expect
        .poll(() => journalSince(since), { timeout: 15_000, interval: 100 })
        .toMatch(text);
}

export function now(): number {
    return Date.now() / 1000;
}

/** A rule file as an editor saves it: another one, put in its place. */
export async function saveRules(
    qube: string,
    ...lines: readonly string[]
): Promise<void> {
    const path = `${config}/qubes/${qube}.rules`;
    const script = 'umask 007; cat >"$1~" && mv "$1~" "$1"';
    const text = lines.map((line) => `${line}\n`).join('');
    await bed.must(['dom0', 'sh', '-c', script, 'sh', path], { input: text });
}

export async function removeRules(qube: string): Promise<void> {
    await bed.must(['dom0', 'rm', '-f', `${config}/qubes/${qube}.rules`]);
}

/** By client: the hosts that it reaches; `nothing` if no proxy answers it. */
export type Reached = Readonly<Record<string, string>>;

/** What they reach now, through the port 8100 of their gateways. */
export async function reached(qubes: readonly string[]): Promise<Reached> {
    const found = await Promise.all(
        qubes.map(async (qube) => [qube, await reachedBy(qube)] as const),
    );
    return Object.fromEntries(found);
}

/** Where no proxy answers the first time, the others are not tried. */
const fetchThem = `
    gateway=$(ip -4 route show default | cut -d ' ' -f 3)
    [ "$gateway" ] || exit 0
    for host; do
        status=$(curl --silent --connect-timeout 0.5 --max-time 5 \\
            --output /dev/null --write-out '%{http_code}' \\
            --proxy "http://$gateway:8100" "http://$host/")
        echo "$host $status"
        [ "$status" != 000 ] || exit 0
    done`;

async function reachedBy(qube: string): Promise<string> {
    const ask = ['sh', '-c', fetchThem, 'sh', ...hosts];
    return describe(await bed.qube(qube, ...ask));
}

/** A host that is not allowed is refused, not left without an answer. */
function describe({ stdout, stderr, exitCode }: BedResult): string {
    if (exitCode !== 0) {
        return stderr.trim();
    }
    const answers = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split(' '));
    if (answers.every(([, status]) => status === '000')) {
        return 'nothing';
    }
    const odd = answers.filter(
        ([, status]) => status !== '200' && status !== '403',
    );
    return odd.length > 0
        ? odd.map((answer) => answer.join(' ')).join(', ')
        : answers
              .filter(([, status]) => status === '200')
              .map(([host]) => host)
              .join(' ');
}

/** Waits until they reach exactly that. */
export async function untilReached(
    expected: Reached,
    seconds = 15,
): Promise<void> {
    const qubes = Object.keys(expected);
    await expect
        .poll(() => reached(qubes), { timeout: seconds * 1000, interval: 50 })
        .toEqual(expected);
}

/** The addresses that a proxy of that ProxyVM takes calls from, in order. */
export async function servedIn(proxyvm: string): Promise<string[]> {
    const set = ['inet', 'qubes-filterproxy', 'caller4'];
    const { stdout } = await bed.qube(proxyvm, 'nft', 'list', 'set', ...set);
    return (stdout.match(/10\.13[78]\.\d+\.\d+/g) ?? []).sort();
}

/** The steps that `update` would still do, and what it would fail at. */
export async function leftToDo(): Promise<readonly string[]> {
    const update = ['update', '--all', '--dry-run', '--json'];
    const { stdout } = await filterproxy(...update);
    const { proxyvms } = JSON.parse(stdout) as {
        proxyvms: readonly { steps: string[]; error: string | null }[];
    };
    return proxyvms.flatMap(({ steps, error }) =>
        error === null ? steps : [error],
    );
}

/** Waits until it serves exactly these addresses. */
export async function untilServed(
    proxyvm: string,
    ...addresses: readonly string[]
): Promise<void> {
    await expect
        .poll(() => servedIn(proxyvm), { timeout: 15_000, interval: 50 })
        .toEqual(addresses);
}
