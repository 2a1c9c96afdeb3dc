// `history` prints who changed which file when, by what, and how.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { proxyFilePath, ruleFilePath } from '../../core/config-file.ts';
import { ruleOwnerName } from '../../core/qube.ts';
import type { Deps } from '../../deps.ts';
import { type FileHistory, readHistories } from '../../read-history.ts';
import { withRuleLock } from '../../rule-lock.ts';
import { formatProblems, problemJson } from '../../words/problem.ts';
import { changeJson, formatHistory, type Listed } from '../format/history.ts';
import { jsonVersion, type Output } from '../output.ts';
import { parseTypedName, unknownQube } from '../resolve-qube.ts';

/** Prints the changes of some qubes' rules, or of all files. */
export async function history(
    deps: Deps,
    args: { readonly qubes: readonly string[] },
): Promise<Output> {
    const typed = [...new Set(args.qubes.map(parseTypedName))];
    const names = await Promise.all(typed.map((name) => ownerOf(deps, name)));
    const paths = new Set(names.flatMap(({ owner }) => pathsOf(owner)));
    const isMeant = (path: string) => paths.size === 0 || paths.has(path);
    const { files, problems } = await withRuleLock(deps, () =>
        readHistories(deps, isMeant),
    );
    const known = new Set(files.map(({ path }) => path));
    const without = names.filter(
        ({ owner }) => !pathsOf(owner).some((path) => known.has(path)),
    );
    for (const { owner, isThere } of without) {
        if (!isThere) {
            throw await unknownQube(deps, owner);
        }
    }
    const all = newestFirst(files);
    const isNone = typed.length === 0 && all.length === 0;
    return {
        lines: [
            ...formatHistory(all),
            ...(isNone ? ['no change is recorded'] : []),
            ...without.map(({ owner }) => `${owner}: no change is recorded`),
        ],
        warnings: formatProblems(problems),
        json: {
            version: jsonVersion,
            command: 'history',
            changes: all.map(changeJson),
            warnings: problems.map(problemJson),
        },
        failed: false,
    };
}

/** Of a ProxyVM there may be settings for its clients, too. */
function pathsOf(name: QubeName): string[] {
    return [ruleFilePath(name), proxyFilePath(name)];
}

interface Named {
    /** Whose file it is: for a disposable its template. */
    readonly owner: QubeName;
    readonly isThere: boolean;
}

/** Those that are gone have a history, too. */
async function ownerOf(deps: Deps, name: QubeName): Promise<Named> {
    const qube = await deps.inventory.one(name);
    return qube === null
        ? { owner: name, isThere: false }
        : { owner: ruleOwnerName(qube), isThere: true };
}

/** What is not recorded yet is newer than all that is. */
export function newestFirst(files: readonly FileHistory[]): Listed[] {
    const all = files.flatMap((file) =>
        file.changes.map((change) => ({ file, change })),
    );
    const age = ({ change }: Listed) => change.number ?? Infinity;
    return all.sort((one, other) => age(other) - age(one) || 0);
}
