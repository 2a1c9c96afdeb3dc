// What the daemon says, a line for each thing, to the journal.
import { toPrintable } from '../../shared/printable.ts';
import { describeEnded } from '../cli/format/connections.ts';
import { problemsIn } from '../cli/format/files.ts';
import { formatProblems } from '../cli/format/problem.ts';
import type { Event } from '../core/events/frames.ts';
import type { RemovedFile } from '../core/removed.ts';
import type { Visit } from '../core/situation.ts';
import { problemOf } from '../core/visited.ts';
import type { View } from '../view.ts';

/** An event in words: what, and of which qube. */
export function describeEvent({
    name,
    untrusted_subject,
    untrusted_args,
}: Event): string {
    const untrusted_qube = untrusted_subject || untrusted_args.get('vm');
    const what = toPrintable(name, 60);
    return untrusted_qube
        ? `${what} of ${toPrintable(untrusted_qube, 40)}`
        : what;
}

interface Circumstances {
    readonly because: readonly string[];
    readonly milliseconds: number;
}

/** Steps that are named; the others are counted. */
const mostSteps = 6;

export class Journal {
    /** What was said last of each, so that it is not said again and again. */
    private readonly said = new Map<string, string>();

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
        this.onChange(
            proxyvm,
            problem === null ? '' : `${problem} (${reasons}, ${took})`,
            problem ?? '',
        );
    }

    /** Errors in rule files, when they are others than before. */
    files(view: View): void {
        const lines = formatProblems(problemsIn(view));
        if (this.isNew('files', lines.join('\n'))) {
            lines.forEach(this.write);
        }
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

    /** Something in dom0 that keeps it from looking at all. */
    trouble(message: string): void {
        this.onChange('dom0', message, message);
    }

    /** Whether events come, and if not, why. */
    connection(lost: string | null): void {
        const text =
            lost === null
                ? 'listening to qubesd'
                : `nothing is heard from qubesd: ${lost}; trying again`;
        this.onChange('events', text, text);
    }

    private onChange(of: string, text: string, key: string): void {
        if (this.isNew(of, key) && text !== '') {
            this.write(`${of}: ${text}`);
        }
    }

    private isNew(of: string, text: string): boolean {
        const isNew = (this.said.get(of) ?? '') !== text;
        this.said.set(of, text);
        return isNew;
    }
}

function describeSteps(untrusted_steps: readonly string[]): string {
    const rest = untrusted_steps.length - mostSteps;
    const named = untrusted_steps
        .slice(0, mostSteps)
        .map((step) => toPrintable(step, 200));
    return [...named, ...(rest > 0 ? [`and ${rest} more steps`] : [])].join(
        '; ',
    );
}
