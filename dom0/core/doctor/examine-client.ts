// Checks of a qube: from its rules to the request that it sends.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Examination } from '../../../shared/protocol/examination.ts';
import { allRules, type QubeRules } from '../effective-rules.ts';
import type { Finding } from '../lint/finding.ts';
import type { Placement } from '../place.ts';
import type { Qube } from '../qube.ts';
import type { Sharing } from '../sharing.ts';
import type { Situation } from '../situation.ts';
import { type Check, Checks, type ClientCheck } from './check.ts';
import { updateOf } from './mend.ts';

export interface ClientFacts {
    readonly qube: Qube;
    /** Whose rule file it uses. */
    readonly owner: QubeName;
    /** Undefined: no file has rules for it. */
    readonly placement: Placement | undefined;
    readonly rules: QubeRules | null;
    /** What lint found in its files. */
    readonly findings: readonly Finding[];
    /** Others behind its netvm, or the netvm, with one of its addresses. */
    readonly sharing: readonly Sharing[];
    /** As its netvm says; null: it was not asked, or said nothing. */
    readonly proxies: Examination['proxies'] | null;
    /** What its netvm would make of it. */
    readonly situation: Situation | null;
    /** Of its netvm; none if that does not run. */
    readonly netvmChecks: readonly Check[];
}

/** All that comes before a request of it. */
export function examineClient(facts: ClientFacts): readonly Check[] {
    const checks = new Checks<ClientCheck>(facts.qube.name);
    examineRules(checks, facts);
    examineStop(checks, facts);
    examineNetvm(checks, facts);
    examineAddress(checks, facts);
    examineProxy(checks, facts);
    return checks.all;
}

type Making = Checks<ClientCheck>;

function examineRules(
    checks: Making,
    { qube, owner, placement, rules, findings }: ClientFacts,
): void {
    if (placement?.kind === 'foreign-file') {
        checks.failed('rules', { kind: 'foreign-file', owner });
    } else if (rules === null || placement === undefined) {
        checks.failed('rules', 'it has none, so no proxy answers it', [
            `to let it reach a host: qvm-filterproxy allow ${qube.name} HOST`,
        ]);
    } else if (!rules.ok) {
        checks.failed('rules', { kind: 'problems', problems: rules.error });
    } else {
        checks.ok('rules', {
            kind: 'rules',
            default: rules.value.default,
            rules: allRules(rules.value),
            findings,
        });
    }
}

function examineStop(checks: Making, { placement }: ClientFacts): void {
    if (placement?.kind === 'stopped') {
        checks.failed('stop', { kind: 'unserved', why: placement });
    } else {
        checks.ok('stop', 'nobody has stopped it');
    }
}

function examineNetvm(
    checks: Making,
    { qube, placement, situation }: ClientFacts,
): void {
    const earlier = checks.firstBad(['rules', 'stop']);
    if (situation?.kind === 'no-agent' && situation.furtherUp !== null) {
        checks.failed('netvm', { kind: 'situation', situation });
        return;
    }
    switch (placement?.kind) {
        case 'served':
            checks.ok('netvm', `attached to ${placement.proxyvm}, and runs`);
            return;
        case 'no-address':
        case 'same-address':
            checks.ok('netvm', `attached to ${qube.netvm}, and runs`);
            return;
        case 'netvm-halted':
            checks.failed('netvm', `${placement.netvm} is halted`, [
                `to start it: qvm-start ${placement.netvm}`,
            ]);
            return;
        case 'halted':
            checks.unknown('netvm', 'it does not run itself', [
                `to start it: qvm-start ${qube.name}`,
            ]);
            return;
        case 'for-disposables':
            checks.unknown('netvm', { kind: 'unserved', why: placement });
            return;
        case 'no-netvm':
        case 'too-many-clients':
            checks.failed('netvm', { kind: 'unserved', why: placement });
            return;
        default:
            // Where it belongs is not told of one without rules in force.
            if (qube.netvm === null) {
                const why = { kind: 'no-netvm' as const };
                checks.failed('netvm', { kind: 'unserved', why });
            } else if (earlier !== undefined) {
                checks.after('netvm', earlier);
            }
    }
}

/** Qubes keeps no two qubes from having one address, whether they run or not. */
function examineAddress(
    checks: Making,
    { qube, placement, sharing }: ClientFacts,
): void {
    const [shared] = sharing;
    if (shared !== undefined) {
        const why = { kind: 'same-address' as const, ...shared };
        checks.failed('address', { kind: 'unserved', why });
        return;
    }
    if (placement?.kind === 'no-address') {
        checks.failed('address', { kind: 'unserved', why: placement });
        return;
    }
    const address = qube.ip4 ?? qube.ip6;
    const earlier = checks.firstBad(['rules', 'stop', 'netvm']);
    if (address !== null) {
        checks.ok('address', `${address}, and nobody else's behind its netvm`);
    } else if (earlier !== undefined) {
        checks.after('address', earlier);
    }
}

/** Whether its netvm serves it, and by a proxy that runs. */
function examineProxy(
    checks: Making,
    { qube, netvmChecks, situation, proxies }: ClientFacts,
): void {
    const earlier =
        checks.firstBad(['rules', 'stop', 'netvm', 'address']) ??
        netvmChecks.find(({ name, state }) => {
            return state !== 'ok' && beforeProxy.has(name);
        });
    if (earlier !== undefined) {
        checks.after('proxy', earlier);
        return;
    }
    if (situation?.kind === 'closed' || situation?.kind === 'outdated') {
        checks.failed('proxy', { kind: 'situation', situation });
        return;
    }
    const own = proxies?.filter(({ uuid }) => uuid === qube.uuid) ?? [];
    const led = own.find(({ hasDoor }) => hasDoor);
    const todo = qube.netvm === null ? [] : [updateOf(qube.netvm)];
    if (led === undefined) {
        const what =
            own.length === 0
                ? 'its port 8100 leads to no proxy'
                : 'its port 8100 does not lead to its own proxy';
        checks.failed('proxy', what, todo);
    } else if (!led.isAlive) {
        checks.failed('proxy', 'its proxy does not run', todo);
    } else {
        checks.ok('proxy', 'its port 8100 leads to a proxy that runs', [
            ...olderProxies(situation, qube.name),
        ]);
    }
}

/** What a ProxyVM has to have for any proxy. */
const beforeProxy: ReadonlySet<Check['name']> = new Set([
    'agent',
    'custom-input',
    'nftables',
] as const);

function olderProxies(situation: Situation | null, name: QubeName): string[] {
    return situation?.kind === 'in-force' && situation.isWider
        ? [
              'what it had open before may go on by the old rules; to end it ' +
                  `now: qvm-filterproxy restart ${name}`,
          ]
        : [];
}
