// Checks of a ProxyVM: what it says of itself, and whether that is wanted.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { toWords } from '../../../shared/printable.ts';
import type { Report } from '../../../shared/protocol/answer.ts';
import type {
    Examination,
    InputRule,
} from '../../../shared/protocol/examination.ts';
import type { Result } from '../../../shared/result.ts';
import type { CallFailure } from '../agent-answer.ts';
import { type Check, Checks, type ProxyvmCheck } from './check.ts';
import { examineFirewall } from './examine-firewall.ts';
import { examineResolvers } from './examine-resolvers.ts';
import { restart, updateOf } from './mend.ts';

export interface ProxyvmFacts {
    readonly proxyvm: QubeName;
    /** Whether it is to serve anybody now. */
    readonly isInUse: boolean;
    /** Our own version. */
    readonly version: string;
    readonly examined: Result<Examination, CallFailure>;
    /** What it would do to be as it is to be; null: it was not asked. */
    readonly planned: Result<Report, CallFailure> | null;
    /** Why it was not brought up to date the last time; null if it was. */
    readonly problem: string | null;
}

const afterAgent: readonly ProxyvmCheck[] = [
    'tinyproxy',
    'custom-input',
    'nftables',
    'resolver',
    'qubes-firewall',
    'up-to-date',
];

export function examineProxyvm(facts: ProxyvmFacts): readonly Check[] {
    const { proxyvm, examined } = facts;
    const checks = new Checks<ProxyvmCheck>(proxyvm);
    if (!examined.ok) {
        checks.failed('agent', { kind: 'call', failure: examined.error });
        const [agent] = checks.all;
        if (agent !== undefined) {
            afterAgent.forEach((name) => {
                checks.after(name, agent);
            });
        }
        return checks.all;
    }
    const seen = examined.value;
    examineAgent(checks, seen, facts);
    examineTinyproxy(checks, seen);
    examineInput(checks, seen, facts);
    examineTable(checks, seen, facts);
    examineResolvers(checks, seen, facts);
    examineFirewall(checks, seen, facts.proxyvm);
    examinePlan(checks, facts);
    return checks.all;
}

type Making = Checks<ProxyvmCheck>;

/** Another version that answers as this one asks is as good. */
function examineAgent(
    checks: Making,
    { agent: untrusted_agent }: Examination,
    { version }: ProxyvmFacts,
): void {
    const agent = toWords(untrusted_agent, 40);
    const other = agent === version ? '' : `; dom0 has ${version}`;
    checks.ok('agent', `${agent} answers${other}`);
}

function examineTinyproxy(checks: Making, { tinyproxy }: Examination): void {
    const { version: untrusted_version, unfit: untrusted_why } = tinyproxy;
    if (untrusted_why === '') {
        checks.ok('tinyproxy', toWords(untrusted_version, 40));
    } else {
        checks.failed('tinyproxy', { kind: 'unfit', untrusted_why });
    }
}

/** Qubes' chain for rules of the user, with ours before all others. */
function examineInput(
    checks: Making,
    { inputRules: { ip, ip6 } }: Examination,
    { proxyvm, isInUse }: ProxyvmFacts,
): void {
    if (ip === 'no-chain') {
        checks.failed(
            'custom-input',
            'nftables has no chain custom-input in the table ip qubes: ' +
                'somebody has flushed it, or this is no qube that provides ' +
                'network',
            [...restart(proxyvm), updateOf(proxyvm)],
        );
        return;
    }
    const wrong = [
        ...describeInputRule('ip', ip),
        ...describeInputRule('ip6', ip6),
    ];
    if (!isInUse) {
        checks.ok('custom-input', 'the chain is there; nobody is to be served');
    } else if (wrong.length > 0) {
        checks.failed('custom-input', wrong.join('; '), [updateOf(proxyvm)]);
    } else {
        checks.ok('custom-input', 'our rule is there, before all others');
    }
}

/** Without IPv6 there is no chain for it. */
function describeInputRule(family: 'ip' | 'ip6', rule: InputRule): string[] {
    switch (rule) {
        case 'absent':
            return [`our rule is gone from ${family} qubes custom-input`];
        case 'foreign':
            return [
                `our rule in ${family} qubes custom-input is not the first ` +
                    'one there any more, or not as it was loaded',
            ];
        default:
            return [];
    }
}

function examineTable(
    checks: Making,
    { table, inputRules }: Examination,
    { proxyvm, isInUse }: ProxyvmFacts,
): void {
    const flushed = checks.firstBad(['custom-input']);
    if (inputRules.ip === 'no-chain' && flushed !== undefined) {
        checks.after('nftables', flushed);
    } else if (!isInUse) {
        checks.ok('nftables', 'nobody is to be served');
    } else if (table === 'ours') {
        checks.ok('nftables', 'our table is there as it was loaded');
    } else {
        const what =
            table === 'absent'
                ? 'our table inet qubes-filterproxy is gone, and all proxies ' +
                  'with it'
                : 'somebody has changed our table inet qubes-filterproxy';
        checks.failed('nftables', what, [updateOf(proxyvm)]);
    }
}

function examinePlan(
    checks: Making,
    { proxyvm, planned, problem }: ProxyvmFacts,
): void {
    const before = checks.firstBad(['tinyproxy', 'custom-input', 'nftables']);
    if (before !== undefined) {
        checks.after('up-to-date', before);
    } else if (planned === null) {
        checks.unknown('up-to-date', 'it was not asked');
    } else if (!planned.ok) {
        const failure = planned.error;
        checks.failed('up-to-date', { kind: 'call', failure });
    } else {
        const { steps: untrusted_steps } = planned.value;
        const [untrusted_first = '', ...more] = untrusted_steps;
        if (untrusted_steps.length === 0) {
            checks.ok('up-to-date', 'what is in force is what is wanted');
            return;
        }
        const rest = more.length === 0 ? '' : `, and ${more.length} more`;
        const last = problem === null ? '' : `; the last time: ${problem}`;
        checks.failed(
            'up-to-date',
            'what is in force is not what is wanted: it would ' +
                `${toWords(untrusted_first, 120)}${rest}${last}`,
            [updateOf(proxyvm)],
        );
    }
}
