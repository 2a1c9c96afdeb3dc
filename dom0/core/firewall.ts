// What a qube's own Qubes firewall lets out around the proxy, and our lock in
// it (qubes-core-admin-client qubesadmin/firewall.py, qvm-firewall --raw).
import { toPrintable } from '../../shared/printable.ts';
import { err, ok, type Result } from '../../shared/result.ts';

const actions = ['accept', 'drop', 'forward'] as const;

export interface FirewallRule {
    readonly action: (typeof actions)[number];
    /** What it is limited to, e.g. `proto=tcp`; empty for everything. */
    readonly conditions: readonly string[];
    readonly comment: string | null;
    /** It ends by itself at some time. */
    readonly expires: boolean;
}

/** The comment that makes a drop rule ours. */
const lockComment = 'qvm-filterproxy lock';

/** The rule as qvm-firewall takes it, to add and to delete it by. */
export const lockRule = ['drop', `comment=${lockComment}`];

/**
 * Reads `qvm-firewall --raw QUBE list`. Behind the last rule is a drop, and
 * yet no rules at all is an error: qubesd refuses an empty list.
 */
export function parseFirewall(
    untrusted_text: string,
): Result<readonly FirewallRule[], string> {
    const untrusted_lines = untrusted_text.split('\n');
    if (untrusted_lines.pop() !== '' || untrusted_lines.length === 0) {
        return err('its end is missing');
    }
    const rules: FirewallRule[] = [];
    for (const untrusted_line of untrusted_lines) {
        const rule = parseFirewallRule(untrusted_line);
        if (rule === null) {
            return err(`not a rule: ${toPrintable(untrusted_line, 120)}`);
        }
        rules.push(rule);
    }
    return ok(rules);
}

/** The comment is the last, and the only one to hold blanks. */
function parseFirewallRule(untrusted_line: string): FirewallRule | null {
    const [untrusted_head = '', ...untrusted_rest] =
        untrusted_line.split(commentMark);
    const comment =
        untrusted_rest.length === 0 ? null : untrusted_rest.join(commentMark);
    if (comment !== null && !/^[ -~]*$/.test(comment)) {
        return null;
    }
    const [untrusted_action, ...untrusted_options] = untrusted_head.split(' ');
    const action = actions.find(
        (each) => untrusted_action === `action=${each}`,
    );
    if (action === undefined || !untrusted_options.every(isOption)) {
        return null;
    }
    const options = untrusted_options;
    const conditions = options.filter((each) => !each.startsWith('expire='));
    const expires = conditions.length < options.length;
    return { action, conditions, comment, expires };
}

const commentMark = ' comment=';

function isOption(untrusted_text: string): boolean {
    return /^[a-z0-9]+=[A-Za-z0-9:;,./_[\]-]+$/.test(untrusted_text);
}

/** What passes the firewall without the proxy. */
export type WayAround = {
    /** Whether it is our lock that drops the rest. */
    readonly locked: boolean;
} & (
    | { readonly kind: 'none' }
    | { readonly kind: 'everything' }
    /** Only what these rules accept, e.g. `dsthost=example.com proto=tcp`. */
    | { readonly kind: 'exceptions'; readonly rules: readonly string[] }
);

/** `unknown`: the firewall could not be read. */
export type KnownWayAround =
    | WayAround
    | { readonly kind: 'unknown'; readonly why: string };

/** What is accepted before the first rule that drops all. */
export function wayAround(rules: readonly FirewallRule[]): WayAround {
    const end = rules.findIndex(dropsAll);
    const accepted = rules
        .slice(0, end === -1 ? rules.length : end)
        .filter((rule) => rule.action === 'accept');
    if (accepted.some((rule) => rule.conditions.length === 0)) {
        return { kind: 'everything', locked: false };
    }
    const last = rules[end];
    const locked = last !== undefined && isLock(last);
    return accepted.length === 0
        ? { kind: 'none', locked }
        : {
              kind: 'exceptions',
              rules: accepted.map((rule) => rule.conditions.join(' ')),
              locked,
          };
}

function dropsAll(rule: FirewallRule): boolean {
    return (
        rule.action === 'drop' && rule.conditions.length === 0 && !rule.expires
    );
}

export function isLock(rule: FirewallRule): boolean {
    return dropsAll(rule) && rule.comment === lockComment;
}

/** Arguments of qvm-firewall behind the qube's name. */
export type FirewallStep = readonly string[];

export const addLock: FirewallStep = ['add', '--before', '0', ...lockRule];
const removeLock: FirewallStep = ['del', ...lockRule];

/**
 * What makes the lock the rule that decides; nothing if it does. Exceptions
 * that the user put before it are his.
 */
export function lockSteps(rules: readonly FirewallRule[]): FirewallStep[] {
    if (wayAround(rules).locked) {
        return [];
    }
    const misplaced = rules.filter(isLock).map(() => removeLock);
    // Added before the old ones are deleted by the same text, it would be
    // the one that goes. The last rule cannot be deleted: see unlockSteps.
    return misplaced.length > 0 ? [...misplaced, addLock] : [addLock];
}

/**
 * What takes the lock out. qvm-firewall crashes on deleting the last rule
 * (an empty list is refused by qubesd), so a plain drop, which is what an
 * empty list means, stands in for it.
 */
export function unlockSteps(rules: readonly FirewallRule[]): FirewallStep[] {
    const locks = rules.filter(isLock);
    const standIn: FirewallStep[] =
        locks.length > 0 && locks.length === rules.length
            ? [['add', 'drop']]
            : [];
    return [...standIn, ...locks.map(() => removeLock)];
}
