// What qubes there are, asked of Qubes' own tools.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import type { Result } from '../../shared/result.ts';
import {
    parseNames,
    parseQvmLs,
    parseQvmPrefs,
    qvmLsFields,
} from '../core/parse-tool-output.ts';
import type { Qube, System } from '../core/qube.ts';
import type { TagName } from '../core/set-name.ts';
import type { Tagged } from '../core/shared-files.ts';
import { Failure } from '../failure.ts';
import { inParallel } from '../in-parallel.ts';
import { orFailure, outputOf, runTool } from './tool.ts';

export interface Inventory {
    /** All qubes at once. */
    all(): Promise<System>;
    /** The qubes that have each of these tags. */
    tagged(tags: readonly TagName[]): Promise<Tagged>;
    /** One qube; null if there is none of that name with a network. */
    one(name: QubeName): Promise<Qube | null>;
}

/** A qube that vanishes while it is listed leaves a line with gaps. */
const attempts = 3;

/** qvm-prefs says so for "no such domain". */
const noSuchQube = 2;

export function toolInventory(run: RunCommand): Inventory {
    return {
        async all() {
            const args = ['--raw-data', '--fields', qvmLsFields];
            let result: Result<System, string>;
            let attempt = 0;
            do {
                attempt += 1;
                result = parseQvmLs(await outputOf(run, 'qvm-ls', args));
            } while (!result.ok && attempt < attempts);
            return orFailure('qvm-ls', result);
        },
        async tagged(tags) {
            const qubes = await inParallel(tags, (tag) => withTag(run, tag));
            return new Map(tags.map((tag, at) => [tag, qubes[at] ?? nobody]));
        },
        async one(name) {
            const result = await runTool(run, 'qvm-prefs', [name]);
            if (result.ok) {
                return orFailure('qvm-prefs', parseQvmPrefs(result.value));
            }
            if (result.error.exitCode === noSuchQube) {
                return null;
            }
            throw new Failure(result.error.message);
        },
    };
}

const nobody: ReadonlySet<QubeName> = new Set();

async function withTag(
    run: RunCommand,
    tag: TagName,
): Promise<ReadonlySet<QubeName>> {
    // With "=": a tag may begin like an option.
    const args = ['--raw-list', `--tags=${tag}`];
    return orFailure('qvm-ls', parseNames(await outputOf(run, 'qvm-ls', args)));
}
