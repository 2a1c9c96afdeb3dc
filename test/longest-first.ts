// The order in which test files run: who takes long begins early, so that no
// worker is left alone with it at the end.
import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Unit tests that take half a minute, the longest first. Live tests keep to
 * their order, since the longest at once would be more than the machine can do,
 * but for one that would be left alone at the end.
 */
const longest = [
    'daemon-histories.live.test.ts',
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
