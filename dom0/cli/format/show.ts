import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { toWords } from '../../../shared/printable.ts';
import type { CallFailure } from '../../core/agent-answer.ts';
import type { Default } from '../../core/default.ts';
import type { KnownWayAround } from '../../core/firewall.ts';
import type { Learner } from '../../core/learning.ts';
import type { Moment } from '../../core/moment.ts';
import type { Qube, System } from '../../core/qube.ts';
import type { StoredRule } from '../../core/rule-file.ts';
import type { FilterSettings } from '../../core/settings/filter-settings.ts';
import type { Situation, Visit } from '../../core/situation.ts';
import { withDetails } from '../output.ts';
import { explainWider, isWider } from './connections.ts';
import { endingContext, formatEnding } from './ending.ts';
import { explainShown, updateHint } from './explain-shown.ts';
import type { Explanation } from './explanation.ts';
import {
    describePending,
    explainFreshness,
    type Freshness,
    isStale,
} from './freshness.ts';
import { noteLearning } from './learning.ts';
import { describeReach } from './reach.ts';
import { formatSettings } from './settings.ts';
import { explainFailure } from './situation.ts';
import { describeLocked } from './way-around.ts';

/** A qube with rules, and what holds for it. */
export interface ShownClient {
    readonly qube: Qube;
    readonly situation: Situation;
    /** Null if its files have an error. */
    readonly default: Default | null;
    readonly rules: readonly StoredRule[];
    readonly moment: Moment;
    readonly settings: FilterSettings;
    /** Null if it does not learn. */
    readonly learner: Learner | null;
    readonly around: KnownWayAround;
}

/** A ProxyVM, and what it says of itself. */
export interface ShownProxyvm {
    readonly visit: Visit;
    /** Whether it is about all of its clients. */
    readonly isWhole: boolean;
    readonly freshness: Freshness;
    readonly clients: readonly ShownClient[];
    /** Served there, though they should not be. */
    readonly leftovers: readonly QubeName[];
}

/** Rules shown of one qube; `list` prints all. */
const mostRules = 10;

/** A ProxyVM, its clients, and what is wrong with either. */
export function formatProxyvm(
    { visit, isWhole, freshness, clients, leftovers }: ShownProxyvm,
    system: System,
): string[] {
    const { proxyvm, result } = visit;
    const stale = isStale(freshness);
    const lines = [
        ...clients.flatMap((client) => formatClient(client, system, stale)),
        ...leftovers.flatMap((name) =>
            withDetails(
                `${name}: served from before, until the next update`,
                updateHint(proxyvm, stale),
            ),
        ),
    ];
    if (result.ok) {
        const { agent, tinyproxy } = result.value;
        const versions =
            `agent ${toWords(agent, 40)}, tinyproxy ` +
            `${toWords(tinyproxy, 40)}`;
        const { what, todo } = explainFreshness(proxyvm, freshness);
        return withDetails(`${proxyvm}: ${what} (${versions})`, [
            ...todo,
            ...(lines.length === 0 && isWhole ? ['serves nobody'] : lines),
        ]);
    }
    const { what, todo } = explainSilence(proxyvm, system, result.error);
    const pending = describePending(freshness.pending);
    return withDetails(what, [...todo, ...pending, ...lines]);
}

/** Nothing was to be changed, only to be seen. */
function explainSilence(
    proxyvm: QubeName,
    system: System,
    failure: CallFailure,
): Explanation {
    return ['halted', 'no-agent'].includes(failure.kind)
        ? explainFailure(proxyvm, system, failure)
        : { what: `${proxyvm}: ${failure.message}`, todo: [] };
}

function formatClient(
    shown: ShownClient,
    system: System,
    stale: boolean,
): string[] {
    const { what, todo } = explainShown(shown, system, stale);
    const { qube, situation, settings, around } = shown;
    const wider = isWider(situation) ? explainWider(qube.name) : null;
    const reach = situation.kind === 'in-force' ? '' : blockListNote(shown);
    const line = `${qube.name}: ${what}${reach}, ${describeLocked(around)}`;
    return withDetails(line, [
        ...(wider === null ? [] : [wider.what, ...wider.todo]),
        ...learningNote(shown),
        ...todo,
        ...formatSettings(settings),
        ...formatFew(shown, system),
    ]);
}

/** That it is one shows whatever holds for the qube. */
export function blockListNote({
    default: byDefault,
    rules,
}: ShownClient): string {
    return byDefault === 'allow' ? ` (${describeReach(byDefault, rules)})` : '';
}

/** That for now its rules do not keep it from any host. */
export function learningNote(shown: ShownClient): string[] {
    const { qube, learner, moment, situation } = shown;
    return noteLearning(qube.name, learner, moment, situation);
}

function formatFew(
    { qube, rules, moment }: ShownClient,
    system: System,
): string[] {
    const rest = rules.length - mostRules;
    const { name } = qube;
    // Those that have ended are left out.
    const context = endingContext(moment, qube, system);
    return [
        ...rules.slice(0, mostRules).map((rule) => {
            const ending = formatEnding(rule, context);
            return ending === null
                ? rule.expression
                : `${rule.expression}  [${ending}]`;
        }),
        ...(rest > 0 ? [`and ${rest} more: qvm-filterproxy list ${name}`] : []),
    ];
}
