// What an import is going to write.
import { toPrintable } from '../../../shared/printable.ts';
import type { FileProblem } from '../file-problem.ts';
import type { Qube } from '../qube.ts';
import { parseRuleFile, type RuleFile } from '../rule-file.ts';

export interface PlannedFile {
    /** Below /etc/qubes/filterproxy. */
    readonly path: string;
    readonly file: RuleFile;
    /** The qube that the file is recorded for; null for other files. */
    readonly owner: Qube | null;
    /** Where it comes from, and what there is to say of it. */
    readonly heading: string;
    readonly remarks: readonly string[];
}

/** All that is imported, or what speaks against it. */
export interface ImportPlan {
    readonly files: readonly PlannedFile[];
    /** What is left out, and what to do about it. */
    readonly remarks: readonly string[];
    readonly problems: readonly ImportProblem[];
}

/** An error in what is to be imported, at its place there. */
export interface ImportProblem extends FileProblem {
    /** The path in the directory or archive. */
    readonly file: string;
}

/** A planned file, if what it would hold is a rule file without errors. */
export function planFile(
    bytes: Uint8Array,
    origin: string,
    planned: Omit<PlannedFile, 'file'>,
): { planned: PlannedFile | null; problems: ImportProblem[] } {
    const file = parseRuleFile(planned.path, bytes);
    return file.ok
        ? { planned: { ...planned, file: file.value }, problems: [] }
        : {
              planned: null,
              problems: file.error.map((problem) => ({
                  ...problem,
                  file: toPrintable(origin),
              })),
          };
}
