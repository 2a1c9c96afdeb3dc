// What the daemon says, a line for each thing, to the journal.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { toWords } from '../../shared/printable.ts';
import type { Learners } from '../core/learning.ts';
import type { Moment } from '../core/moment.ts';
import type { RemovedFile } from '../core/removed.ts';
import type { Visit } from '../core/situation.ts';
import { utcSeconds } from '../core/utc.ts';
import { problemOf } from '../core/visited.ts';
import type { View } from '../view.ts';
import { describeEnded } from '../words/ended.ts';
import { problemsIn } from '../words/files.ts';
import { formatProblems } from '../words/problem.ts';

interface Circumstances {
    readonly because: readonly string[];
    readonly milliseconds: number;
}

/** Steps that are named; the others are counted. */
const mostSteps = 6;

export class Journal {
    /** What was said last of each, so that it is not said again and again. */
    private readonly said = new Map<string, string | null>();

    private learners: Learners = new Map();

    private readonly write: (line: string) => void;

    constructor(write: (line: string) => void) {
        this.write = write;
    }

    /** Nothing for one that had nothing to do. */
    visit(visit: Visit, { because, milliseconds }: Circumstances): void {
        const { proxyvm, result } = visit;
        const reasons = because.join(', ');
        const took = `${(milliseconds / 1000).toFixed(2)} s`;
        if (result.ok && result.value.steps.length > 0) {
            const ended = describeEnded(result.value);
            this.write(
                `${proxyvm}: ${reasons}; ${describeSteps(result.value.steps)}` +
                    `${ended === null ? '' : `; ${ended}`} (${took})`,
            );
        }
        const problem = problemOf(visit);
        if (this.isNew(proxyvm, problem)) {
            const now = problem ?? 'up to date again';
            this.write(`${proxyvm}: ${now} (${reasons}, ${took})`);
        }
    }

    /** Errors in rule files, when they are others than before. */
    files(view: View): void {
        const lines = formatProblems(problemsIn(view));
        if (this.isNew('files', lines.join('\n') || null)) {
            const now = lines.length === 0 ? ['rule files: no errors'] : lines;
            now.forEach((line) => {
                this.write(line);
            });
        }
    }

    /** Who begins to learn, until when, and who learns no more. */
    learning({ learners }: Pick<Moment, 'learners'>): void {
        for (const uuid of new Set([
            ...this.learners.keys(),
            ...learners.keys(),
        ])) {
            const [before, now] = [this.learners.get(uuid), learners.get(uuid)];
            if (now !== undefined && now.until !== before?.until) {
                const until = utcSeconds(new Date(now.until * 1000));
                this.write(
                    `${now.name} learns until ${until} (by ${now.by}): every ` +
                        'host is let through',
                );
            } else if (now === undefined && before !== undefined) {
                this.write(`${before.name} learns no more`);
            }
        }
        this.learners = learners;
    }

    /** Rule files of removed qubes. */
    setAside(files: readonly RemovedFile[]): void {
        for (const { name, date } of files) {
            this.write(
                `${name} was removed: its rules are set aside (${date}); ` +
                    'to see them: qvm-filterproxy list --removed',
            );
        }
    }

    /** What keeps it from looking at qubes and rules; null: nothing does. */
    looking(trouble: string | null): void {
        this.say('looking', trouble, 'qubes and rules can be read again');
    }

    /** What keeps changes by hand from being recorded; null: nothing does. */
    history(trouble: string | null): void {
        this.say('history', trouble, 'changes by hand are recorded again');
    }

    /** What keeps it from collecting what a qube asks for; null: nothing. */
    collecting(qube: QubeName, trouble: string | null): void {
        const what = `what ${qube} asks for`;
        this.say(what, trouble, `${what} is collected again`);
    }

    /** What keeps uses of rules from being counted; null: nothing does. */
    uses(trouble: string | null): void {
        this.say('uses', trouble, 'uses of rules are counted again');
    }

    /** Something else in dom0 that is not as it should be. */
    trouble(message: string): void {
        if (this.isNew('trouble', message)) {
            this.write(message);
        }
    }

    /** Whether events come, and if not, why. */
    connection(lost: string | null): void {
        const text =
            lost === null
                ? 'listening to qubesd'
                : `qubesd is not heard: ${lost}; trying again each second`;
        if (this.isNew('events', text)) {
            this.write(text);
        }
    }

    /** A trouble when it is another one; when it is over, that it is. */
    private say(of: string, trouble: string | null, over: string): void {
        if (this.isNew(of, trouble)) {
            this.write(trouble ?? over);
        }
    }

    /** Null is what nothing has to be said of. */
    private isNew(of: string, text: string | null): boolean {
        const isNew = (this.said.get(of) ?? null) !== text;
        this.said.set(of, text);
        return isNew;
    }
}

function describeSteps(untrusted_steps: readonly string[]): string {
    const rest = untrusted_steps.length - mostSteps;
    const named = untrusted_steps
        .slice(0, mostSteps)
        .map((step) => toWords(step, 200));
    return [...named, ...(rest > 0 ? [`and ${rest} more steps`] : [])].join(
        '; ',
    );
}
