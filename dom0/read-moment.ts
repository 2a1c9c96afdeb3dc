// The time, as far as rules go by it.
import { toPrintable } from '../shared/printable.ts';
import { type FileProblem, wholeFile } from './core/file-problem.ts';
import {
    type Clocks,
    endsOf,
    type Learning,
    learnersAt,
    learningFile,
    nobodyLearns,
} from './core/learning.ts';
import { bootOf, type Moment } from './core/moment.ts';
import { expiriesIn, newlyPassed, passedFile } from './core/passed.ts';
import type { RuleFiles } from './core/rule-files.ts';
import type { SharedFiles } from './core/shared-files.ts';
import { type Watched, watchedAt } from './core/watching.ts';
import type { Deps } from './deps.ts';
import { shownConfig } from './paths.ts';

interface Files {
    readonly files: RuleFiles;
    readonly shared: SharedFiles;
}

export interface ReadMoment {
    readonly moment: Moment;
    /** Why no rule with a time holds, or nobody learns, if that is so. */
    readonly problems: readonly FileProblem[];
}

/**
 * The moment. What has passed by now is noted first, so that whoever goes by
 * this moment may tell it: from then on it has passed whatever the clock says.
 */
export async function readMoment(
    deps: Deps,
    rules: Files,
): Promise<ReadMoment> {
    const learning = await deps.learning.read();
    const known = learning.ok ? learning.value : nobodyLearns;
    const ends = [...expiriesIn(rules), ...endsOf(known)];
    const { clocks, problems } = await readClocks(deps, ends);
    const watched = watchedAt(await deps.watching.read(), clocks);
    return {
        moment: momentOf(clocks, known, watched),
        problems: learning.ok
            ? problems
            : [...problems, describeUnread(learning.error)],
    };
}

/** The same moment, if those learned and were watched. */
export function momentOf(
    { nowMs, monotonicMs, passed, boot }: Clocks,
    learning: Learning,
    watched: readonly Watched[],
): Moment {
    const clocks = { nowMs, monotonicMs, passed, boot };
    const learners = learnersAt(learning, clocks);
    return { nowMs, passed, boot, learners, watched };
}

async function readClocks(deps: Deps, ends: readonly number[]) {
    const { boot } = await deps.issue();
    const now = {
        nowMs: deps.now().getTime(),
        monotonicMs: deps.monotonicMs(),
        boot: bootOf(boot),
    };
    const passed = await deps.passed.read();
    if (!passed.ok) {
        const problems = ends.length === 0 ? [] : [describe(passed.error)];
        return { clocks: { ...now, passed: null }, problems };
    }
    const newly = newlyPassed(ends, now.nowMs, passed.value);
    if (newly !== null) {
        await note(deps, newly);
    }
    const until = Math.max(passed.value, newly ?? 0);
    return { clocks: { ...now, passed: until }, problems: [] };
}

/** Never less than somebody else has noted meanwhile. */
async function note(deps: Deps, until: number): Promise<void> {
    // No ProxyVM's lock has that name: a qube's starts with a letter.
    await deps.withLock('.expired', async () => {
        const before = await deps.passed.read();
        if (before.ok && before.value < until) {
            await deps.passed.write(until);
        }
    });
}

function describe(error: string): FileProblem {
    return wholeFile(
        passedFile,
        `${toPrintable(error)}; it says which times of rules have passed, and ` +
            'until it can be read no rule with expire= is in force, and ' +
            'nobody learns; if the clock of dom0 is right: ' +
            `rm ${shownConfig}/${passedFile}`,
    );
}

function describeUnread(error: string): FileProblem {
    return wholeFile(
        learningFile,
        `${toPrintable(error)}; it says which qubes learn, and until it can ` +
            'be read none does; to have none learn: ' +
            `rm ${shownConfig}/${learningFile}`,
    );
}
