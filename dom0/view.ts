import type { FileProblem } from './core/file-problem.ts';
import { type Placements, place } from './core/place.ts';
import type { Served, System } from './core/qube.ts';
import type { RuleFiles } from './core/rule-files.ts';
import type { Deps } from './deps.ts';

/** What dom0 knows at one moment, and what follows from it. */
export interface View {
    readonly system: System;
    readonly serve: Served;
    readonly files: RuleFiles;
    readonly strays: readonly FileProblem[];
    readonly ignored: readonly FileProblem[];
    readonly placements: Placements;
}

/** Reads all rule files and asks Qubes for all qubes. */
export async function look(deps: Deps): Promise<View> {
    const [{ files, strays, ignored }, system] = await Promise.all([
        deps.rules.readAll(),
        deps.inventory.all(),
    ]);
    const serve = deps.serve(system);
    const placements = place({ system, files, serve });
    return { system, serve, files, strays, ignored, placements };
}

/** The view if the rule files were these. */
export function withFiles(view: View, files: RuleFiles): View {
    const placements = place({ ...view, files });
    return { ...view, files, placements };
}
