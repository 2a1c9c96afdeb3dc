// What `blocked` prints.
import type { Placements } from '../../core/place.ts';
import type { Remedy } from '../../core/requests/remedy.ts';
import type { View } from '../../view.ts';
import type { BlockedHost, BlockedOf } from '../blocked-hosts.ts';
import { withDetails } from '../output.ts';
import { formatTable, shownTime } from './blocked-table.ts';
import { describeLearning } from './learning.ts';
import { explainUnserved } from './unserved.ts';

/** A qube and its hosts, or why there is none. */
export function formatBlocked(
    blocked: BlockedOf,
    { placements, moment }: Pick<View, 'placements' | 'moment'>,
    since: Date | null,
): string[] {
    const { qube, hosts, learner } = blocked;
    const hasProxy = placements.get(qube.name)?.kind === 'served';
    const learning =
        learner === null
            ? []
            : [describeLearning(learner.until, moment, hasProxy)];
    const unnamed = unnamedIn(blocked, since);
    if (hosts.length === 0 && unnamed > 0) {
        const what = `${unnamed} requests whose hosts were not kept`;
        return withDetails(`${qube.name}: ${what}`, learning);
    }
    if (hosts.length === 0) {
        const { what, todo } = explainNothing(blocked, placements, since);
        return withDetails(`${qube.name}: ${what}`, [...learning, ...todo]);
    }
    return withDetails(`${qube.name}: ${countHosts(hosts.length)} refused`, [
        ...learning,
        ...formatTable(hosts),
        ...(unnamed > 0
            ? [`and ${unnamed} more whose names were not kept`]
            : []),
        ...hintsFor(blocked),
    ]);
}

/** When they were is not known, so of those since then none is for certain. */
export function unnamedIn(
    { hosts, told }: BlockedOf,
    since: Date | null,
): number {
    return since !== null && hosts.length === 0 ? 0 : (told?.unnamed ?? 0);
}

function countHosts(count: number): string {
    return count === 1 ? '1 host' : `${count} hosts`;
}

/** What would let some of them through, once each. */
function hintsFor({ qube, owner, hosts }: BlockedOf): string[] {
    const edit = `qvm-filterproxy edit ${owner}`;
    const hints: readonly [Remedy['kind'], string][] = [
        ['rule', `to allow some: qvm-filterproxy blocked ${qube.name} --allow`],
        [
            'block-list',
            `to see what refuses one: qvm-filterproxy check ${qube.name} HOST`,
        ],
        ['port', `to open a port: !connect-port or !http-port in: ${edit}`],
    ];
    const addresses = hosts.flatMap(({ remedy }) =>
        remedy.kind === 'address'
            ? [`to open private addresses: !lan in: ${remedy.todo}`]
            : [],
    );
    return [
        ...hints
            .filter(([kind]) =>
                hosts.some(({ remedy }) => remedy.kind === kind),
            )
            .map(([, hint]) => hint),
        ...addresses.slice(0, 1),
    ];
}

function explainNothing(
    { qube, owner, told }: BlockedOf,
    placements: Placements,
    since: Date | null,
) {
    const placement = placements.get(qube.name);
    if (placement === undefined) {
        return { what: 'it has no rules, so no proxy answers it', todo: [] };
    }
    if (placement.kind !== 'served') {
        return explainUnserved(qube.name, owner, placement);
    }
    if (told === null) {
        return {
            what: `${placement.proxyvm} tells nothing of it`,
            todo: [],
        };
    }
    if (told.recording === 'nothing') {
        return {
            what: 'what it is refused is not recorded',
            todo: [
                'to record it: take !log-level warning out of its rules, ' +
                    'or those of its ProxyVM',
            ],
        };
    }
    return {
        what: describeNone(since),
        todo: told.recording === 'refused' ? [unseenPort(qube.name)] : [],
    };
}

function describeNone(since: Date | null): string {
    const when = since === null ? '' : ` since ${shownTime(since)}`;
    return `nothing was refused${when}`;
}

/** tinyproxy logs these below the level that it is run with. */
function unseenPort(qube: string): string {
    return (
        'an https request to a port that is not open is not seen here: ' +
        `qvm-filterproxy check ${qube} URL`
    );
}

/** That no qube was refused anything. */
export function formatNone(
    qubes: readonly BlockedOf[],
    since: Date | null,
): string[] {
    const isPartial = qubes.some(({ told }) => told?.recording === 'refused');
    return withDetails(
        describeNone(since),
        isPartial ? [unseenPort('QUBE')] : [],
    );
}

/** One host for programs. */
export function blockedJson(
    { host, port, reason, count, first, last, remedy }: BlockedHost,
    check: string | null,
) {
    return {
        host,
        port,
        reason,
        count,
        first: first.toISOString(),
        last: last.toISOString(),
        allowedNow: remedy.kind === 'none-needed',
        rule: remedy.kind === 'rule' ? remedy.rule.stored : null,
        check,
    };
}
