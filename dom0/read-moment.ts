// The time, as far as rules go by it.
import { toPrintable } from '../shared/printable.ts';
import { readClocks } from './clocks.ts';
import { type FileProblem, wholeFile } from './core/file-problem.ts';
import { endsOf, type FirstSeen, withSeen } from './core/first-seen.ts';
import type { Clocks } from './core/lasting.ts';
import {
    type Learning,
    type Clocks as LearningClocks,
    learnersAt,
    learningFile,
    nobodyLearns,
    untilsOf,
} from './core/learning.ts';
import type { Moment } from './core/moment.ts';
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
    const { times, problems } = await readTimes(
        deps,
        expiriesIn(rules),
        untilsOf(known),
    );
    const watched = watchedAt(await deps.watching.read(), times);
    return {
        moment: momentOf(times, known, watched),
        problems: learning.ok
            ? problems
            : [...problems, describeUnread(learning.error)],
    };
}

/** The clocks, and what comes of them for the times of rules. */
type Times = LearningClocks & Pick<Moment, 'ends'>;

/** The same moment, if those learned and were watched. */
export function momentOf(
    { nowMs, monotonicMs, passed, ends, boot }: Times,
    learning: Learning,
    watched: readonly Watched[],
): Moment {
    const clocks = { nowMs, monotonicMs, passed, boot };
    const learners = learnersAt(learning, clocks);
    return { nowMs, passed, ends, boot, learners, watched };
}

async function readTimes(
    deps: Deps,
    expiries: readonly number[],
    untils: readonly number[],
): Promise<{ times: Times; problems: readonly FileProblem[] }> {
    const clocks = await readClocks(deps);
    const passed = await deps.passed.read();
    if (!passed.ok) {
        const isTimed = expiries.length + untils.length > 0;
        const problems = isTimed ? [unreadPassed(passed.error)] : [];
        return { times: { ...clocks, passed: null, ends: noEnds }, problems };
    }
    const ends =
        expiries.length === 0
            ? noEnds
            : endsOf(expiries, await noteSeen(deps, expiries, clocks), clocks);
    const newly = newlyPassed(
        [...expiries, ...untils],
        { ...clocks, ends },
        passed.value,
    );
    if (newly !== null) {
        await note(deps, newly);
    }
    const until = Math.max(passed.value, newly ?? 0);
    return { times: { ...clocks, passed: until, ends }, problems: [] };
}

const noEnds: Moment['ends'] = new Map();

/** When each of these was seen first: some perhaps now. */
async function noteSeen(
    deps: Deps,
    expiries: readonly number[],
    clocks: Clocks,
): Promise<FirstSeen> {
    const seen = await deps.firstSeen.read();
    if (withSeen(seen, expiries, clocks) === null) {
        return seen;
    }
    // No ProxyVM's lock has that name: a qube's starts with a letter.
    return deps.withLock('.expiries', async () => {
        const before = await deps.firstSeen.read();
        const after = withSeen(before, expiries, clocks);
        if (after !== null) {
            await deps.firstSeen.write(after);
        }
        return after ?? before;
    });
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

export const mendPassed = `if the clock of dom0 is right: rm ${shownConfig}/${passedFile}`;

/** It cannot be read which times have passed. */
export function unreadPassed(error: string): FileProblem {
    return wholeFile(
        passedFile,
        `${toPrintable(error)}; it says which times of rules have passed, and ` +
            'until it can be read no rule with expire= is in force, and ' +
            `nobody learns; ${mendPassed}`,
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
