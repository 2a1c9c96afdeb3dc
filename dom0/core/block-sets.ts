// Sets whose rules say which hosts are refused: it depends on who includes
// them.
import { defaultIn } from './default.ts';
import type { AllFiles } from './effective-rules.ts';
import type { SetName } from './set-name.ts';
import type { FileContent, SharedFiles } from './shared-files.ts';

type Input = Pick<AllFiles, 'files' | 'shared'>;

export interface SetsByList {
    /** Included by block lists. */
    readonly blocking: ReadonlySet<SetName>;
    /** Included by lists of allowed hosts. */
    readonly allowing: ReadonlySet<SetName>;
}

/** The sets that block lists include, and no list of allowed hosts does. */
export function setsOfBlockLists(input: Input): ReadonlySet<SetName> {
    const { blocking, allowing } = setsByList(input);
    return new Set([...blocking].filter((set) => !allowing.has(set)));
}

export function setsByList({ files, shared }: Input): SetsByList {
    const roots = [
        ...[...files.values()].map(({ content }) => content),
        ...shared.tags.values(),
    ];
    const blocking = new Set<SetName>();
    const allowing = new Set<SetName>();
    for (const root of roots) {
        const isBlockList = defaultIn(root) === 'allow';
        gather(root, shared, isBlockList ? blocking : allowing);
    }
    return { blocking, allowing };
}

function gather(
    content: FileContent | undefined,
    shared: SharedFiles,
    into: Set<SetName>,
): void {
    for (const { directive } of content?.ok ? content.value.directives : []) {
        if (directive.kind === 'include' && !into.has(directive.set)) {
            into.add(directive.set);
            gather(shared.sets.get(directive.set), shared, into);
        }
    }
}
