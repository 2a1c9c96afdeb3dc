// Which of our units systemd has, and in which state.
import * as v from 'valibot';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { runOrFail } from '../commands.ts';
import { type ProxyUid, parseProxyUid } from '../core/proxy-uid.ts';
import { AgentFailure } from '../failure.ts';
import { units } from '../paths.ts';

export interface ObservedUnits {
    readonly alive: ReadonlySet<ProxyUid>;
    /** Alive or failed: whatever systemd still knows. */
    readonly known: ReadonlySet<ProxyUid>;
    readonly draining: ReadonlySet<ProxyUid>;
    readonly followsResolvers: boolean;
}

const listed = v.array(v.object({ unit: v.string(), active: v.string() }));

const dead = new Set(['inactive', 'failed']);

export async function observeUnits(run: RunCommand): Promise<ObservedUnits> {
    const stdout = await runOrFail(run, 'systemctl', [
        'list-units',
        '--all',
        '--output=json',
        'qubes-filterproxy@*.service',
        'qubes-filterproxy-drain@*.timer',
        units.resolvers,
    ]);
    const result = v.safeParse(listed, JSON.parse(stdout.toString('utf8')));
    if (!result.success) {
        throw new AgentFailure('apply', 'systemctl says what nobody knows');
    }
    const all = result.output;
    const active = all.filter((each) => !dead.has(each.active));
    return {
        known: instances(all, /^qubes-filterproxy@(\d+)\.service$/),
        alive: instances(active, /^qubes-filterproxy@(\d+)\.service$/),
        draining: instances(active, /^qubes-filterproxy-drain@(\d+)\.timer$/),
        followsResolvers: active.some(({ unit }) => unit === units.resolvers),
    };
}

function instances(
    listing: readonly { readonly unit: string }[],
    pattern: RegExp,
): Set<ProxyUid> {
    const uids = listing.map(({ unit }) =>
        parseProxyUid(pattern.exec(unit)?.[1] ?? ''),
    );
    return new Set(uids.filter((uid) => uid !== null));
}
