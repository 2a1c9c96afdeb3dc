// `list --removed`: the rules that were set aside when qubes were removed.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { RemovedFile } from '../../core/removed.ts';
import type { Deps } from '../../deps.ts';
import { formatProblems, problemJson } from '../../words/problem.ts';
import { formatRemoved, removedJson } from '../format/removed.ts';
import { jsonVersion, type Output } from '../output.ts';
import { parseTypedName } from '../resolve-qube.ts';

/** Prints what is set aside, of some names or of all. */
export async function listRemoved(
    deps: Deps,
    args: { readonly qubes: readonly string[] },
): Promise<Output> {
    const names = [...new Set(args.qubes.map(parseTypedName))];
    const { files, ignored } = await deps.removed.list();
    const all = await Promise.all(
        chooseFiles(files, names).map(async (file) => ({
            file,
            content: await deps.removed.read(file),
        })),
    );
    return {
        lines: [...formatRemoved(all), ...describeMissing(files, names)],
        warnings: formatProblems(ignored),
        json: {
            version: jsonVersion,
            command: 'list',
            removed: all.map(removedJson),
            warnings: ignored.map(problemJson),
        },
        failed: false,
    };
}

function chooseFiles(
    files: readonly RemovedFile[],
    names: readonly QubeName[],
): readonly RemovedFile[] {
    return names.length === 0
        ? files
        : files.filter(({ name }) => names.includes(name));
}

function describeMissing(
    files: readonly RemovedFile[],
    names: readonly QubeName[],
): string[] {
    if (names.length === 0) {
        return files.length === 0 ? ['no rules are set aside'] : [];
    }
    return names
        .filter((name) => !files.some((file) => file.name === name))
        .map((name) => `${name}: no rules are set aside`);
}
