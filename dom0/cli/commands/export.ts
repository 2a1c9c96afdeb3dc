// `export` puts rule files into an archive, for another dom0 or to keep.
import { toPrintable } from '../../../shared/printable.ts';
import { ok } from '../../../shared/result.ts';
import { writeNewFile } from '../../adapters/export-file.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { contentsIn } from '../../core/contents.ts';
import { rulesOf } from '../../core/effective-rules.ts';
import { ruleOwnerName } from '../../core/qube.ts';
import type { FileContent } from '../../core/shared-files.ts';
import { writeTar } from '../../core/tar.ts';
import type { Deps } from '../../deps.ts';
import { Failure } from '../../failure.ts';
import { look, type View } from '../../view.ts';
import { formatProblems } from '../../words/problem.ts';
import { reachOf } from '../format/reach.ts';
import { jsonVersion, type Output } from '../output.ts';
import { typedClient } from '../resolve-qube.ts';

export interface ExportArguments {
    readonly archive: string;
    /** Those whose rules are wanted, with all that they include; or all. */
    readonly qubes: readonly string[];
    readonly dryRun: boolean;
}

/** Writes a new archive. One that is there already is not replaced. */
export async function exportRules(
    deps: Deps,
    args: ExportArguments,
): Promise<Output> {
    const view = await look(deps);
    const contents = new Map(contentsIn(view));
    const names =
        args.qubes.length === 0
            ? new Set(contents.keys())
            : filesOfQubes(view, args.qubes);
    const files = [...names].sort().map((path) => ({
        path,
        file: readable(path, contents.get(path)),
    }));
    if (files.length === 0) {
        throw new Failure('nothing was written: there are no rule files');
    }
    const bytes = files.map(({ path, file }) => ({
        path,
        bytes: new TextEncoder().encode(file.text),
    }));
    const seconds = Math.floor(deps.now().getTime() / 1000);
    if (!args.dryRun) {
        await writeNewFile(args.archive, writeTar(bytes, seconds));
    }
    const done = args.dryRun ? 'would be written' : 'written';
    return {
        lines: [
            ...files.map(({ path, file }) => `${path}: ${reachOf(ok(file))}`),
            `${toPrintable(args.archive)} ${done}`,
        ],
        warnings: [],
        json: {
            version: jsonVersion,
            command: 'export',
            dryRun: args.dryRun,
            archive: toPrintable(args.archive),
            files: files.map(({ path }) => path),
        },
        failed: false,
    };
}

/** The files whose rules hold for them. */
function filesOfQubes(
    view: View,
    untrusted_names: readonly string[],
): Set<string> {
    return new Set(
        untrusted_names.flatMap((untrusted_name) => {
            const qube = typedClient(view.system, untrusted_name);
            const rules = rulesOf(view, qube);
            if (rules === null) {
                throw new Failure(
                    `nothing was written: ${qube.name} has no rules`,
                );
            }
            if (!rules.ok) {
                throw notReadable(formatProblems(rules.error));
            }
            const own = ruleFilePath(ruleOwnerName(qube));
            const used = rules.value.files.map(({ file }) => file);
            return view.files.has(ruleOwnerName(qube)) ? [own, ...used] : used;
        }),
    );
}

function readable(path: string, content: FileContent | undefined) {
    if (content === undefined) {
        throw new Failure(`nothing was written: ${path} is gone`);
    }
    if (!content.ok) {
        throw notReadable(formatProblems(content.error));
    }
    return content.value;
}

/** An archive without it would be half of what was asked for. */
function notReadable(problems: readonly string[]): Failure {
    const head = 'nothing was written, mend this first:';
    return new Failure([head, ...problems].join('\n'));
}
