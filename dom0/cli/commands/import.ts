// `import` takes rules over: from the old guide's directory, from files of
// another dom0, and from lists of domains. It changes nothing unless told so.
import { toPrintable } from '../../../shared/printable.ts';
import { isDirectory, readImportSource } from '../../adapters/import-source.ts';
import { planDomainList } from '../../core/import/domain-set.ts';
import type { Given } from '../../core/import/match-qube.ts';
import { oldFilters, planOldGuide } from '../../core/import/old-guide.ts';
import { parseOurPath, planOurFiles } from '../../core/import/our-files.ts';
import type { ImportPlan } from '../../core/import/planned-file.ts';
import { parseSetName } from '../../core/set-name.ts';
import type { Deps } from '../../deps.ts';
import { Failure } from '../../failure.ts';
import { fatesOf, importFiles, isHindered } from '../../import-files.ts';
import { look, type View } from '../../view.ts';
import { formatImportPlan, planJson } from '../format/import.ts';
import { jsonVersion, type Output } from '../output.ts';
import { parseTypedName } from '../resolve-qube.ts';
import { UsageError } from '../usage-error.ts';
import { update } from './update.ts';

export interface ImportArguments {
    readonly path: string;
    /** `FILE=QUBE`, for files whose address is no qube's. */
    readonly map: readonly string[];
    /** The set that a list of domains becomes; null for the rest. */
    readonly set: string | null;
    readonly apply: boolean;
    readonly replace: boolean;
    readonly verbose: boolean;
}

/** Shows what would be taken over, or takes it over. */
export async function importRules(
    deps: Deps,
    args: ImportArguments,
): Promise<Output> {
    const given = readGiven(args.map);
    const view = await look(deps);
    const plan = await readPlan(args, given, view);
    const isSound = plan.problems.length === 0 && plan.files.length > 0;
    const isToDo = args.apply && isSound;
    const { fates, isDone } = isToDo
        ? await importFiles(deps, view, plan.files, args.replace)
        : { fates: await fatesOf(deps, view, plan.files), isDone: false };
    const isPossible = isSound && !isHindered(fates, args.replace);
    const shown = formatImportPlan(plan, fates, {
        ...args,
        isDone,
        isPossible,
    });
    const json = {
        version: jsonVersion,
        command: 'import',
        applied: isDone,
        ...planJson(plan, fates),
    };
    if (!isDone) {
        return { ...shown, json, failed: args.apply || !isPossible };
    }
    const all = { qubes: [], all: false, exclude: [], drain: false };
    const { verbose } = args;
    const told = await update(deps, { ...all, dryRun: false, verbose });
    return {
        lines: [...shown.lines, ...told.lines],
        warnings: [...shown.warnings, ...told.warnings],
        json: { ...json, update: told.json },
        failed: told.failed,
    };
}

/** `social.10.137.2.13=work` */
function readGiven(words: readonly string[]): Given {
    return new Map(
        words.map((word) => {
            const [, file = '', qube = ''] = /^(.+)=([^=]+)$/.exec(word) ?? [];
            if (file === '') {
                const shown = toPrintable(word, 80);
                throw new UsageError(`'${shown}' is not FILE=QUBE`);
            }
            return [file, parseTypedName(qube)];
        }),
    );
}

async function readPlan(
    { path, set }: ImportArguments,
    given: Given,
    { system }: View,
): Promise<ImportPlan> {
    if (set !== null && (await isDirectory(path))) {
        throw new UsageError(
            `${toPrintable(path)} is a directory; --set is for a file, a ` +
                'list of domains',
        );
    }
    const source = await readImportSource(path);
    if (set !== null) {
        const name = parseSetName(set);
        if (!name.ok) {
            throw new UsageError(`'${toPrintable(set, 80)}' is ${name.error}`);
        }
        if (source.kind !== 'file') {
            throw new UsageError('--set is for a file, a list of domains');
        }
        return planDomainList(source.bytes, path, name.value);
    }
    if (source.kind === 'file') {
        throw new UsageError(
            'a file is no archive of rules; a list of domains becomes a set: ' +
                'add --set NAME',
        );
    }
    const { files } = source;
    if (files.some((file) => parseOurPath(file.path) !== null)) {
        return planOurFiles(files, system);
    }
    if (oldFilters(files).length > 0) {
        return planOldGuide(files, system, given);
    }
    throw new Failure(
        `${toPrintable(path)} has no rule files: neither qubes/QUBE.rules and ` +
            'the like, nor NAME.ADDRESS as in the old guide',
    );
}
