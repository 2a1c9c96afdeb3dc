// Whether Qubes' firewall holds the clients of a ProxyVM, as a lock needs it.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Examination } from '../../../shared/protocol/examination.ts';
import type { Checks, ProxyvmCheck } from './check.ts';
import { restart } from './mend.ts';

/** Of a netvm that is no firewall itself, too. */
export function examineFirewall(
    checks: Checks<ProxyvmCheck>,
    { qubesFirewall, inputRules }: Examination,
    proxyvm: QubeName,
): void {
    const lacks = {
        run: !qubesFirewall.isActive,
        ip: !qubesFirewall.ip,
        // Where Qubes has no rules for IPv6, nothing is forwarded by it.
        ip6: !qubesFirewall.ip6 && inputRules.ip6 !== 'no-chain',
    };
    if (!lacks.run && !lacks.ip && !lacks.ip6) {
        checks.ok('qubes-firewall', 'it runs, and its tables are there');
        return;
    }
    checks.failed(
        'qubes-firewall',
        describe(lacks),
        inputRules.ip === 'no-chain'
            ? restart(proxyvm)
            : [
                  `to start it: qvm-run --no-gui -u root ${proxyvm} ` +
                      "'systemctl restart qubes-firewall'",
              ],
    );
}

type Lacks = Readonly<Record<'run' | 'ip' | 'ip6', boolean>>;

function describe(lacks: Lacks): string {
    const families = (['ip', 'ip6'] as const).filter((each) => lacks[each]);
    const tables = families
        .map((family) => `no table ${family} qubes-firewall`)
        .join(' and ');
    const what = [
        ...(lacks.run ? ["Qubes' firewall does not run there"] : []),
        ...(families.length > 0 ? [`there is ${tables}`] : []),
    ].join(', and ');
    return `${what}, so ${whatFollows(lacks)}`;
}

function whatFollows({ ip, ip6 }: Lacks): string {
    const open =
        'neither a lock nor any rule of qvm-firewall holds its clients';
    if (ip) {
        return open;
    }
    return ip6
        ? `${open} over IPv6`
        : 'its clients are held to the rules of before, and no change of a ' +
              'lock or of a rule of qvm-firewall arrives';
}
