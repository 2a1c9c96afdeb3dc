// A step as a sentence: what `--dry-run` shows and what an answer reports.
import { plainNameLine } from '../../shared/pattern/index.ts';
import type { Filter } from '../../shared/protocol/desired-state.ts';
import { type Element, isDoor, keyText } from './element.ts';
import type { Family } from './observed-state.ts';
import { type ProxyUid, portOf, uidOfPort } from './proxy-uid.ts';
import type { Drain, StepAction, StepArgs, StepOf } from './step.ts';

/** Whose proxy a user id is; a fallback for those without a record. */
export type NameOf = (uid: ProxyUid) => string;

type Describe<Action extends StepAction> = (
    step: StepOf<Action>,
    nameOf: NameOf,
) => string;

function tablesOf(families: readonly Family[]): string {
    return families.map((family) => `table ${family} qubes`).join(' and ');
}

const describers: { [Action in StepAction]: Describe<Action> } = {
    'load-table': () => 'load the nftables table inet qubes-filterproxy',
    'change-elements': describeChange,
    'insert-input-rules': ({ families }) =>
        `put our rule at the head of custom-input in ${tablesOf(families)}`,
    'remove-input-rules': ({ families }) =>
        `remove our rule from custom-input in ${tablesOf(families)}`,
    'write-proxy': ({ uid, record }) =>
        `write the configuration of a proxy for ${record.name}: ` +
        `${describeFilter(record.filter)}, port ${portOf(uid)}`,
    'set-deadlines': describeTimings,
    'start-proxies': ({ proxies, drains }, nameOf) =>
        [
            `start ${listOf(proxies, nameOf)}`,
            ...(drains.length > 0 ? [describeDrains(drains, nameOf)] : []),
        ].join('; '),
    'drain-proxies': ({ drains }, nameOf) => describeDrains(drains, nameOf),
    'keep-proxies': ({ uids }, nameOf) => `keep ${list(uids, nameOf)}`,
    'end-proxies': ({ uids }, nameOf) =>
        `end ${list(uids, nameOf)}, open connections too`,
    'end-spare': () => 'end the spare proxy',
    'remove-proxies': ({ uids }, nameOf) =>
        `remove the files of ${list(uids, nameOf)}`,
    'follow-resolvers': ({ on }) =>
        on ? 'follow changes of resolv.conf' : 'stop following resolv.conf',
    'delete-table': () => 'delete the nftables table inet qubes-filterproxy',
};

export function describeStep<Action extends StepAction>(
    step: StepOf<Action>,
    nameOf: NameOf,
): string {
    return describers[step.action](step, nameOf);
}

/** Those that may use rules of before are named apart. */
function describeDrains(drains: readonly Drain[], nameOf: NameOf): string {
    const within = drains.filter(({ beside }) => beside === null);
    const wider = drains.filter(({ beside }) => beside !== null);
    const parts = [
        ...(within.length === 0 ? [] : [listOf(within, nameOf)]),
        ...(wider.length === 0
            ? []
            : [`${listOf(wider, nameOf)} by the rules of before`]),
    ];
    return `let ${parts.join(', and ')} finish open connections, then end`;
}

function describeTimings(
    { timings }: StepArgs['set-deadlines'],
    nameOf: NameOf,
): string {
    const parts = timings.map(({ uid, deadlines }) => {
        const [first] = deadlines;
        const whose = list([uid], nameOf);
        return first === undefined
            ? `let ${whose} run without a deadline`
            : `let ${whose} end in ${Math.ceil(first.seconds)} s`;
    });
    return enumerate(parts, '; ');
}

function listOf(
    proxies: readonly { readonly uid: ProxyUid }[],
    nameOf: NameOf,
): string {
    return list(
        proxies.map(({ uid }) => uid),
        nameOf,
    );
}

function describeChange(
    { remove, add }: StepArgs['change-elements'],
    nameOf: NameOf,
): string {
    const opened = add.filter(isDoor);
    const reopened = new Set(opened.map(keyText));
    const closed = remove.filter(
        (element) => isDoor(element) && !reopened.has(keyText(element)),
    );
    const parts = [
        ...unique(
            closed.map((door) => `close port 8100 to ${whose(door, nameOf)}`),
        ),
        ...unique(
            opened.map(
                (door) =>
                    `lead ${whose(door, nameOf)} to the proxy on port ${door.value}`,
            ),
        ),
    ];
    return parts.length > 0
        ? enumerate(parts, '; ')
        : 'adapt what proxies and clients may reach';
}

function whose(door: Element, nameOf: NameOf): string {
    const uid = door.value === null ? null : uidOfPort(door.value);
    return uid === null ? 'nobody' : nameOf(uid);
}

/** So many are named; an answer's texts are bounded. */
const maxNamed = 8;

function list(uids: readonly ProxyUid[], nameOf: NameOf): string {
    const named = uids.map((uid) => `${nameOf(uid)} (port ${portOf(uid)})`);
    const noun = uids.length === 1 ? 'proxy' : 'proxies';
    return `the ${noun} of ${enumerate(named, ', ')}`;
}

function enumerate(texts: readonly string[], separator: string): string {
    const named = texts.slice(0, maxNamed).join(separator);
    const more = texts.length - maxNamed;
    return more > 0 ? `${named} and ${more} more` : named;
}

function unique(texts: readonly string[]): string[] {
    return [...new Set(texts)];
}

function describeFilter({ default: byDefault, rules, lines }: Filter): string {
    if (byDefault === 'allow') {
        return `all hosts but those of ${count(rules, 'rule')}`;
    }
    return lines.includes(plainNameLine)
        ? `all hosts, to learn, beside ${count(rules, 'rule')}`
        : count(rules, 'rule');
}

function count(number: number, noun: string): string {
    return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
