// All that lint finds: in rules, in lines that include sets, and in files that
// nobody uses.

import { type SetsByList, setsByList } from '../block-sets.ts';
import { filesFor, filesFrom } from '../concerning-files.ts';
import { ruleFilePath, setFilePath } from '../config-file.ts';
import { defaultIn } from '../default.ts';
import type { AllFiles, FileRead } from '../effective-rules.ts';
import type { FileProblem } from '../file-problem.ts';
import type { OthersBelow } from '../others-below.ts';
import {
    type Qube,
    ruleOwnerName,
    type System,
    usersOfFile,
    xidsOf,
} from '../qube.ts';
import { isForeign } from '../rule-files.ts';
import { byPath } from '../shared-files.ts';
import { countedUsages, type Usages } from '../usage/span.ts';
import { Budget } from './budget.ts';
import { type Finding, type Findings, finding } from './finding.ts';
import type { ListKind } from './known-rule.ts';
import { lintIncludes, unusedSets, unusedTags } from './lint-lines.ts';
import { filesWithoutQube } from './lint-owners.ts';
import {
    type Beside,
    type LintedFile,
    lintedFile,
    lintRules,
    type Now,
} from './lint-rules.ts';

export interface LintInput extends AllFiles {
    readonly system: System;
    /** All errors. */
    readonly problems: readonly FileProblem[];
    /** Files that are not taken for any of ours. */
    readonly ignored: readonly FileProblem[];
    /** How often rules were used, by their files. */
    readonly usages: Usages;
    readonly othersBelow: OthersBelow;
}

/** Everything, or what is found in files that are meant. */
export function lintFiles(
    input: LintInput,
    isMeant: (file: string) => boolean,
): Findings {
    const linter = new Linter(input);
    const inRules = linter.files
        .filter(({ file }) => isMeant(file))
        .flatMap((each) => linter.lint(each));
    const others = [
        ...input.problems.map((problem) => finding('error', problem)),
        ...input.ignored.map((problem) => finding('ignored', problem)),
        ...filesWithoutQube(input),
        ...unusedTags(input),
        ...unusedSets(input),
    ].filter(({ file }) => isMeant(file));
    return {
        findings: [...others, ...inRules].sort(byPlace),
        skipped: linter.budget.skipped.size,
    };
}

function byPlace(one: Finding, other: Finding): number {
    if (one.file !== other.file) {
        return one.file < other.file ? -1 : 1;
    }
    return (one.line ?? 0) - (other.line ?? 0);
}

class Linter {
    readonly budget = new Budget();
    /** Those that are or could be in force. */
    readonly files: readonly FileRead[];
    readonly #input: LintInput;
    readonly #sets: SetsByList;
    readonly #usage: Usages;
    readonly #linted = new Map<string, LintedFile>();

    constructor(input: LintInput) {
        this.#input = input;
        this.#sets = setsByList(input);
        this.#usage = countedUsages(input, input.usages);
        this.files = [
            ...[...input.files]
                .filter(([name, file]) => {
                    const qube = input.system.get(name);
                    return (
                        qube !== undefined &&
                        ruleOwnerName(qube) === name &&
                        !isForeign(file, name, input.system)
                    );
                })
                .map(([name, { content }]) => ({
                    file: ruleFilePath(name),
                    via: [],
                    content,
                })),
            ...byPath(input.shared).map(([file, content]) => ({
                file,
                via: [],
                content,
            })),
        ];
    }

    lint(read: FileRead): Finding[] {
        return [
            ...lintIncludes(this.#input, read),
            ...lintRules(
                read.file,
                this.#knownOf(read),
                this.#beside(read),
                this.#nowFor(read),
                this.#input.othersBelow,
                this.#usage.get(read.file) ?? null,
            ),
        ];
    }

    /** A rule for one run is none for that of a qube which has not its file. */
    #nowFor({ file }: FileRead): Now {
        const { moment, system } = this.#input;
        const owner = this.#ownerOf(file);
        const users =
            owner === undefined
                ? [...system.values()]
                : usersOfFile(system, owner.name);
        return { moment, xids: xidsOf(users) };
    }

    /** Undefined: the file is no qube's. */
    #ownerOf(file: string): Qube | undefined {
        return [...this.#input.system.values()].find(
            ({ name }) => ruleFilePath(name) === file,
        );
    }

    /** What else holds where that file does, what it includes first. */
    #beside({ file, content }: FileRead): Beside[] {
        const parts = filesFrom(this.#input, file, content).slice(1);
        const isPart = new Set([file, ...parts.map((part) => part.file)]);
        const qube = this.#ownerOf(file);
        const others =
            qube === undefined
                ? []
                : filesFor(this.#input, qube).filter(
                      (each) => !isPart.has(each.file),
                  );
        return [...parts, ...others].map((each) => ({
            file: each.file,
            via: each.via,
            index: this.#knownOf(each).index,
            isPartOfIt: isPart.has(each.file),
        }));
    }

    #knownOf(read: FileRead): LintedFile {
        const known = this.#linted.get(read.file);
        if (known !== undefined) {
            return known;
        }
        const list = this.#listOf(read);
        const linted = lintedFile(read, list, this.budget);
        this.#linted.set(read.file, linted);
        return linted;
    }

    #listOf({ file, content }: FileRead): ListKind {
        const set = [...this.#input.shared.sets.keys()].find(
            (each) => setFilePath(each) === file,
        );
        if (set === undefined) {
            return defaultIn(content) === 'allow' ? 'block' : 'allow';
        }
        const { blocking, allowing } = this.#sets;
        if (!blocking.has(set)) {
            return 'allow';
        }
        return allowing.has(set) ? 'both' : 'block';
    }
}
