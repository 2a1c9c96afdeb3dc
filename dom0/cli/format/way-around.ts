import type { KnownWayAround, WayAround } from '../../core/firewall.ts';
import type { Qube } from '../../core/qube.ts';
import { withDetails } from '../output.ts';
import type { QubeAround } from '../way-around.ts';

type Exceptions = Extract<WayAround, { kind: 'exceptions' }>;

/** What a qube reaches without its proxy, if that wants a warning. */
export function formatAround(
    { name, providesNetwork }: Qube,
    around: KnownWayAround,
): string[] {
    if (around.kind === 'unknown') {
        return [
            `whether ${name} can go around the proxy is not known: ` +
                around.why,
        ];
    }
    if (!isUnlocked(around)) {
        return [];
    }
    const open =
        around.kind === 'everything'
            ? 'lets everything out'
            : `lets out: ${nameExceptions(around)}`;
    // A lock would cut off all that is behind it as well.
    const todo = providesNetwork ? [] : [lockHint('to change that', [name])];
    return withDetails(
        `${name} can still go around the proxy, its Qubes firewall ${open}`,
        todo,
    );
}

/** Once for all whose proxy is not their only way out. */
export function formatAroundAll(all: readonly QubeAround[]): string[] {
    return formatOpen('can still go around the proxy', 'to change that', all);
}

/** The same for all that no proxy answers. */
export function formatUnfiltered(all: readonly QubeAround[]): string[] {
    return formatOpen(
        'not filtered by any proxy, and not locked',
        'to let nothing out',
        all,
    );
}

function formatOpen(
    what: string,
    todo: string,
    all: readonly QubeAround[],
): string[] {
    const open = all.filter(({ around }) => isUnlocked(around));
    const namesOf = (some: typeof open) => some.map(({ qube }) => qube.name);
    const lockable = open.filter(({ qube }) => !qube.providesNetwork);
    return open.length === 0
        ? []
        : withDetails(
              `${what}: ${namesOf(open).join(', ')}`,
              lockable.length === 0 ? [] : [lockHint(todo, namesOf(lockable))],
          );
}

/** Whether a lock would close something. */
export function isUnlocked(
    around: KnownWayAround,
): around is Exclude<WayAround, { kind: 'none' }> {
    return (
        around.kind !== 'unknown' && around.kind !== 'none' && !around.locked
    );
}

function lockHint(todo: string, names: readonly string[]): string {
    return `${todo}: qvm-filterproxy lock ${names.join(' ')}`;
}

/** Whether the proxy is the only way out, in a word or a few. */
export function describeLocked(around: KnownWayAround): string {
    switch (around.kind) {
        case 'unknown':
            return 'whether it is locked is not known';
        case 'none':
            return 'locked';
        case 'everything':
            return 'not locked';
        case 'exceptions':
            return around.locked
                ? `locked, except: ${nameExceptions(around)}`
                : `not locked, lets out: ${nameExceptions(around)}`;
    }
}

/** What the exceptions let out, as people call it. */
export function nameExceptions({ rules }: Exceptions): string {
    return rules.map(named).join('; ');
}

function named(rule: string): string {
    switch (rule) {
        case 'specialtarget=dns':
            return 'DNS';
        case 'proto=icmp':
            return 'ICMP (ping)';
        default:
            return dnsPort.test(rule) ? `DNS (${rule})` : rule;
    }
}

const dnsPort = /(?:^| )dstports=53-53(?: |$)/;
