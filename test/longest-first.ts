// The order in which test files run: who takes long begins early, so that no
// worker is left alone with it at the end.
import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take more than half a minute, the longest first. */
const longest = [
    'crash-anywhere.live.test.ts',
    'main-job.live.test.ts',
    'verbs.live.test.ts',
    'changes.live.test.ts',
    'daemon-trouble.live.test.ts',
    'exhaustion.live.test.ts',
    'daemon.live.test.ts',
    'daemon-histories.live.test.ts',
    'block-list.live.test.ts',
    'doctor.live.test.ts',
    'upheaval.live.test.ts',
    'odd-hosts.live.test.ts',
    'nft.test.ts',
    'agent-stdin.test.ts',
    'writers.test.ts',
    'dom0-files.test.ts',
    'histories.test.ts',
    'plan.test.ts',
];

export class LongestFirst extends BaseSequencer {
    /** All others as vitest has them: the largest files first. */
    override async sort(
        files: TestSpecification[],
    ): Promise<TestSpecification[]> {
        const others = longest.length;
        const rank = ({ moduleId }: TestSpecification) => {
            const found = longest.indexOf(basename(moduleId));
            return found === -1 ? others : found;
        };
        const sorted = await super.sort(files);
        return sorted.toSorted((a, b) => rank(a) - rank(b));
    }
}
