// Whether a request of the qube itself gets through, and what gets past it.
import type { NextProxy } from '../../../shared/protocol/route.ts';
import type { KnownWayAround } from '../firewall.ts';
import type { Qube } from '../qube.ts';
import { type Check, Checks, type ClientCheck } from './check.ts';
import type { ProbeEnd, ProbeTarget } from './probe.ts';

/** What was asked, and what came of it. */
export interface Probe {
    readonly target: ProbeTarget;
    /** The next proxy that its proxy asks for that host; null for none. */
    readonly upstream: NextProxy | null;
    readonly end: ProbeEnd;
}

/** Without these in order no request can get through. */
const needed: ReadonlySet<Check['name']> = new Set([
    'agent',
    'custom-input',
    'nftables',
    'resolver',
    'rules',
    'stop',
    'netvm',
    'address',
    'proxy',
] as const);

/** What has to be mended before it is any use to ask; null: nothing. */
export function whyNoProbe(before: readonly Check[]): Check | null {
    const isBad = ({ state, name }: Check) =>
        state !== 'ok' && needed.has(name);
    const first = before.find(isBad);
    // What was not looked at for another one's sake says so of that.
    return first?.reason.kind === 'after'
        ? first.reason.earlier
        : (first ?? null);
}

export function examineRequest(
    qube: Pick<Qube, 'name' | 'netvm'>,
    probe: Probe | Check,
): readonly Check[] {
    const { name, netvm } = qube;
    const checks = new Checks<ClientCheck>(name);
    if (!('end' in probe)) {
        checks.after('request', probe);
        return checks.all;
    }
    const { target, upstream, end } = probe;
    const asked = target === null ? null : `${target.host}:${target.port}`;
    switch (end.kind) {
        case 'status':
            examineStatus(checks, qube, asked, upstream, end.status);
            break;
        case 'closed':
            checks.failed(
                'request',
                'its port 8100 is closed to it, by rules of its own or by ' +
                    `rules of yours in ${netvm}`,
                [
                    'to see those there: qvm-run --pass-io --no-gui -u root ' +
                        `${netvm} 'nft list ruleset'`,
                ],
            );
            break;
        case 'silent':
            checks.failed('request', `no answer${about(asked)} in time`, [
                `to give it a new proxy: qvm-filterproxy restart ${name}`,
            ]);
            break;
        case 'ended':
            checks.failed(
                'request',
                `its proxy ended the connection without an answer${about(asked)}`,
                [
                    `to see whether that lasts: qvm-filterproxy doctor ${name}`,
                    `to give it a new proxy: qvm-filterproxy restart ${name}`,
                ],
            );
            break;
        case 'odd':
            checks.failed('request', 'what answers it is no proxy');
            break;
        case 'not-run':
            checks.unknown('request', `it was not sent: ${end.why}`);
            break;
    }
    return checks.all;
}

function about(asked: string | null): string {
    return asked === null ? '' : ` for ${asked}`;
}

const done = 200;
const refused = 403;

function examineStatus(
    checks: Checks<ClientCheck>,
    { name, netvm }: Pick<Qube, 'name' | 'netvm'>,
    asked: string | null,
    upstream: NextProxy | null,
    status: number,
): void {
    if (asked === null) {
        checks.ok(
            'request',
            'its proxy answers; no host was asked for, as no rule names one',
        );
    } else if (status === done) {
        checks.ok('request', `${asked} answers it through the proxy`);
    } else if (status === refused) {
        checks.failed('request', `its proxy refuses ${asked}`, [
            `to see why: qvm-filterproxy check ${name} https://${asked}/`,
        ]);
    } else if (upstream !== null) {
        const { kind, address, port } = upstream;
        checks.failed(
            'request',
            `its proxy does not get through to ${asked} (status ${status}): it ` +
                `asks the next proxy for it, ${kind} ${address}:${port}, and ` +
                'that does not answer, or does not get through either',
            [
                `to see whether it answers: qvm-run --pass-io --no-gui ${netvm} ` +
                    `"timeout 5 bash -c '</dev/tcp/${address}/${port}' && ` +
                    'echo it answers"',
            ],
        );
    } else {
        checks.failed(
            'request',
            `its proxy does not get through to ${asked} (status ${status})`,
            [`to see what was refused: qvm-filterproxy blocked ${name}`],
        );
    }
}

/** Whether it reaches anything without its proxy; dom0's rules are half of it. */
export function examineLock(
    { name, netvm }: Pick<Qube, 'name' | 'netvm'>,
    around: KnownWayAround,
    netvmChecks: readonly Check[],
): readonly Check[] {
    const loose = netvmChecks.find(
        (each) => each.name === 'qubes-firewall' && each.state === 'failed',
    );
    const checks = new Checks<ClientCheck>(name);
    const reason = { kind: 'around', around } as const;
    if (netvm === null) {
        checks.ok('lock', 'not needed: it has no netvm to go out by');
    } else if (around.kind === 'unknown') {
        checks.unknown('lock', reason);
    } else if (around.kind === 'none' || around.locked) {
        if (loose === undefined) {
            checks.ok('lock', reason);
        } else {
            checks.after('lock', loose);
        }
    } else {
        checks.failed('lock', reason);
    }
    return checks.all;
}
