// Whether a ProxyVM's proxies can find out where a host is.
import type { Examination } from '../../../shared/protocol/examination.ts';
import type { Checks, ProxyvmCheck } from './check.ts';
import type { ProxyvmFacts } from './examine-proxyvm.ts';
import { restart, updateOf } from './mend.ts';

export function examineResolvers(
    checks: Checks<ProxyvmCheck>,
    { resolvers, table }: Examination,
    { proxyvm, isInUse }: ProxyvmFacts,
): void {
    const silent = resolvers.filter(({ answers }) => !answers);
    const names = (some: typeof resolvers) =>
        some.map(({ address }) => address).join(', ');
    if (resolvers.length === 0) {
        checks.failed(
            'resolver',
            'its /etc/resolv.conf names none, so no host is found',
            restart(proxyvm),
        );
        return;
    }
    if (silent.length === resolvers.length) {
        checks.failed(
            'resolver',
            `none answers (${names(silent)}), so no host is found: the way ` +
                'out of it is closed, or the addresses are wrong',
            restart(proxyvm),
        );
        return;
    }
    const isWatched = isInUse && table === 'ours';
    const closed = resolvers.filter(({ isPermitted }) => !isPermitted);
    if (isWatched && closed.length > 0) {
        checks.failed(
            'resolver',
            `proxies may not ask ${names(closed)}: /etc/resolv.conf has ` +
                'changed',
            [updateOf(proxyvm)],
        );
        return;
    }
    const good = names(resolvers.filter(({ answers }) => answers));
    checks.ok(
        'resolver',
        silent.length === 0
            ? `an answer of ${good}`
            : `an answer of ${good}, but none of ${names(silent)}: hosts may ` +
                  'be slow to be found',
    );
}
