// Who may call our agents, by dom0's qrexec policy (qubes-core-qrexec
// doc/multifile-policy.markdown): the first line that fits decides.
import { toPrintable } from '../../../shared/printable.ts';

export interface PolicyFile {
    /** As it is to be named, e.g. `/etc/qubes/policy.d/30-user.policy`. */
    readonly path: string;
    readonly untrusted_text: string;
}

export interface Policy {
    /** In the order in which they count. */
    readonly files: readonly PolicyFile[];
    /** Files of R4.0's kind about our service, which `!compat-4.0` takes in. */
    readonly legacy: readonly string[];
}

/** A line that lets somebody call. */
export interface Caller {
    /** `FILE:LINE` */
    readonly place: string;
    /** As it stands there, e.g. `@tag:admin`, in printable characters. */
    readonly source: string;
    /** It is for all qubes, or for all of a kind. */
    readonly isWide: boolean;
}

/** A line that takes in what is not read here, and may let somebody call. */
export interface Unread {
    /** `FILE:LINE` */
    readonly place: string;
    /** What it takes in, where that is known. */
    readonly files: readonly string[];
}

export interface PolicySeen {
    /** Of our own lines those without which others might be let in. */
    readonly missing: readonly string[];
    readonly callers: readonly Caller[];
    readonly unread: readonly Unread[];
}

export const policyFile = '/etc/qubes/policy.d/80-filterproxy.policy';

const service = 'qubes.FilterProxy';

/** What our policy file keeps closed, and the words that would do as well. */
const targets = [
    { target: '@anyvm', words: ['@anyvm', '*'] },
    { target: '@adminvm', words: ['@adminvm', 'dom0', '*'] },
];

/** Looks through the policy; what comes after all are kept out, is no matter. */
export function judgePolicy({ files, legacy }: Policy): PolicySeen {
    const lines = files.flatMap(linesOf);
    const denies = lines.map((line) => line.denies ?? []);
    const before = lines.slice(
        0,
        indexOrAll(denies.map((denied) => denied.includes('@anyvm'))),
    );
    return {
        missing: targets
            .filter(({ target }) => !denies.flat().includes(target))
            .map(
                ({ target }) => `${service} * @anyvm ${target} deny notify=no`,
            ),
        callers: before.flatMap(({ place, allowed }) =>
            allowed === undefined ? [] : [{ place, ...allowed }],
        ),
        unread: before.flatMap(({ place, takesIn }) => {
            if (takesIn === 'legacy') {
                // A default Qubes has the line, and nothing that it takes in.
                return legacy.length === 0 ? [] : [{ place, files: legacy }];
            }
            return takesIn === 'other' ? [{ place, files: [] }] : [];
        }),
    };
}

function indexOrAll(holds: readonly boolean[]): number {
    const index = holds.indexOf(true);
    return index === -1 ? holds.length : index;
}

/** What it says of our service: one of these. */
interface PolicyLine {
    readonly place: string;
    readonly allowed?: Pick<Caller, 'source' | 'isWide'>;
    /** The targets that it closes for everybody. */
    readonly denies?: readonly string[];
    readonly takesIn?: TakenIn;
}

type TakenIn = 'legacy' | 'other';

/** Those about our service; others, and what is no rule, are none of ours. */
function linesOf({ path, untrusted_text }: PolicyFile): PolicyLine[] {
    return untrusted_text.split('\n').flatMap((untrusted_line, index) => {
        const untrusted_words = untrusted_line.trim().split(/[ \t]+/);
        const place = `${path}:${index + 1}`;
        const takesIn = whatItTakesIn(untrusted_words);
        return takesIn === null
            ? ruleOf(place, untrusted_words)
            : [{ place, takesIn }];
    });
}

function whatItTakesIn([
    untrusted_directive,
    untrusted_name = '',
]: readonly string[]): TakenIn | null {
    switch (untrusted_directive) {
        case '!include':
        case '!include-dir':
            return 'other';
        case '!include-service':
            return isOurs(untrusted_name) ? 'other' : null;
        case '!compat-4.0':
            return 'legacy';
        default:
            return null;
    }
}

function isOurs(untrusted_name: string): boolean {
    return untrusted_name === service || untrusted_name === '*';
}

const everybody = ['@anyvm', '*'];

function ruleOf(
    place: string,
    untrusted_words: readonly string[],
): PolicyLine[] {
    const [
        untrusted_name = '',
        untrusted_argument,
        untrusted_source = '',
        untrusted_target = '',
        untrusted_action = '',
    ] = untrusted_words;
    if (!isOurs(untrusted_name) || untrusted_words.length < 5) {
        return [];
    }
    const isForAll = everybody.includes(untrusted_source);
    if (untrusted_action === 'allow' || untrusted_action === 'ask') {
        const isWide = isForAll || untrusted_source.startsWith('@type:');
        const source = toPrintable(untrusted_source, 60);
        return [{ place, allowed: { source, isWide } }];
    }
    const isGeneral = untrusted_argument === '*' && isForAll;
    if (untrusted_action !== 'deny' || !isGeneral) {
        return [];
    }
    const closed = targets.filter(({ words }) =>
        words.includes(untrusted_target),
    );
    return [{ place, denies: closed.map((each) => each.target) }];
}
