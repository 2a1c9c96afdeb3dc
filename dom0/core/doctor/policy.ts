// Who may call our agents, by dom0's qrexec policy (qubes-core-qrexec
// doc/multifile-policy.markdown): the first line that fits decides.
import { toPrintable } from '../../../shared/printable.ts';

export interface PolicyFile {
    /** As it is to be named, e.g. `/etc/qubes/policy.d/30-user.policy`. */
    readonly path: string;
    readonly untrusted_text: string;
}

/** A line that lets somebody call. */
export interface Caller {
    /** `FILE:LINE` */
    readonly place: string;
    /** As it stands there, e.g. `@tag:admin`, in printable characters. */
    readonly source: string;
}

export interface PolicySeen {
    /** Of our own lines those without which others might be let in. */
    readonly missing: readonly string[];
    readonly callers: readonly Caller[];
}

export const policyFile = '/etc/qubes/policy.d/80-filterproxy.policy';

const service = 'qubes.FilterProxy';

/** What our policy file keeps closed, and the words that would do as well. */
const targets = [
    { target: '@anyvm', words: ['@anyvm', '*'] },
    { target: '@adminvm', words: ['@adminvm', 'dom0', '*'] },
];

/** Looks through policy files, which are in the order in which they count. */
export function judgePolicy(files: readonly PolicyFile[]): PolicySeen {
    const lines = files.flatMap(linesOf);
    const first = lines.map(({ denies }) => denies);
    const callers = lines
        .slice(0, indexOrAll(first.map((denies) => denies.includes('@anyvm'))))
        .filter(({ allows }) => allows)
        .map(({ place, source }) => ({ place, source }));
    return {
        missing: targets
            .filter(({ target }) => !first.flat().includes(target))
            .map(
                ({ target }) => `${service} * @anyvm ${target} deny notify=no`,
            ),
        callers,
    };
}

function indexOrAll(holds: readonly boolean[]): number {
    const index = holds.indexOf(true);
    return index === -1 ? holds.length : index;
}

interface PolicyLine {
    readonly place: string;
    readonly source: string;
    readonly allows: boolean;
    /** The targets that it closes for everybody. */
    readonly denies: readonly string[];
}

/** Those about our service; others, and what is no rule, are none of ours. */
function linesOf({ path, untrusted_text }: PolicyFile): PolicyLine[] {
    return untrusted_text.split('\n').flatMap((untrusted_line, index) => {
        const untrusted_words = untrusted_line.trim().split(/[ \t]+/);
        const [name, argument, source = '', target = '', action = ''] =
            untrusted_words;
        const isOurs = name === service || name === '*';
        if (!isOurs || untrusted_words.length < 5) {
            return [];
        }
        const isGeneral = argument === '*' && ['@anyvm', '*'].includes(source);
        const closed = targets.filter(({ words }) => words.includes(target));
        return [
            {
                place: `${path}:${index + 1}`,
                source: toPrintable(source, 60),
                allows: action === 'allow' || action === 'ask',
                denies:
                    isGeneral && action === 'deny'
                        ? closed.map((each) => each.target)
                        : [],
            },
        ];
    });
}
