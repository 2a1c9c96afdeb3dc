// What a qube may reach by all files that concern it: its own, those of its
// tags, the sets that these include, and what holds for all of its ProxyVM.
// An error in one of them is an error of its rules: half of a filter could be
// another filter.
import { ok, type Result } from '../../shared/result.ts';
import { ruleFilePath } from './config-file.ts';
import type { Default } from './default.ts';
import type { FileProblem } from './file-problem.ts';
import type { Moment } from './moment.ts';
import { type Qube, ruleOwnerName } from './qube.ts';
import { Reading } from './read-rules.ts';
import { rootsOf } from './roots.ts';
import type { StoredRule } from './rule-file.ts';
import { hasRules, type RuleFiles } from './rule-files.ts';
import { isNothing } from './rules-after.ts';
import {
    defaultSettings,
    type FilterSettings,
} from './settings/filter-settings.ts';
import type { FileContent, SharedFiles, Tagged } from './shared-files.ts';
import { watchedUntil } from './watching.ts';

/** A line of a file. */
export interface Place {
    /** Below /etc/qubes/filterproxy, e.g. `qubes/work.rules`. */
    readonly file: string;
    /** Counted from 1. */
    readonly line: number;
}

/** Where a rule stands, and how it comes to concern somebody. */
export interface RulePlace extends Place {
    /** The lines that include its file, the outermost first. */
    readonly via: readonly Place[];
}

/** A file that concerns somebody, whatever is in it. */
export interface FileRead {
    readonly file: string;
    /** The lines that include it, the outermost first; none of its own. */
    readonly via: readonly Place[];
    readonly content: FileContent;
}

/** The rules of one file. */
export interface RulesOfFile {
    readonly file: string;
    /** The lines that include it, the outermost first; none of its own. */
    readonly via: readonly Place[];
    readonly rules: readonly StoredRule[];
    /** Those among them whose time is over. */
    readonly over: ReadonlySet<StoredRule>;
}

export interface EffectiveRules {
    /** With `allow` the rules say which hosts are refused. */
    readonly default: Default;
    /** The qube's own file first; a set only once. */
    readonly files: readonly RulesOfFile[];
    /** It has a proxy even when no rule is left, as it includes sets. */
    readonly isLasting: boolean;
    readonly settings: FilterSettings;
    /**
     * It may reach every host until then, in seconds since 1970; null: it does
     * not learn. A block list has its qube learn nothing.
     */
    readonly learnsUntil: number | null;
    /** All that it asks for is recorded until then, as it is watched. */
    readonly watchedUntil: number | null;
}

/** Of one qube, or what is wrong with its files. */
export type QubeRules = Result<EffectiveRules, readonly FileProblem[]>;

/** All files of rules, and which qubes have the tags with a file. */
export interface AllFiles {
    readonly files: RuleFiles;
    readonly shared: SharedFiles;
    readonly tagged: Tagged;
    readonly moment: Moment;
}

/** What it takes to read what a file includes. */
export type Includable = Pick<AllFiles, 'shared' | 'moment'>;

/** Those of a qube without any. */
export const noRules: QubeRules = ok({
    default: 'deny',
    files: [],
    isLasting: false,
    settings: defaultSettings,
    learnsUntil: null,
    watchedUntil: null,
});

/** The rules of a qube; null: it has none, does not learn, and has no proxy. */
export function rulesOf(all: AllFiles, qube: Qube): QubeRules | null {
    const roots = rootsOf(all, qube);
    const until = all.moment.learners.get(qube.uuid)?.until ?? null;
    if (until === null && !roots.some(({ content }) => hasRules({ content }))) {
        return null;
    }
    const reading = new Reading(all, qube.xid);
    for (const { path, content } of roots) {
        reading.file(path, content, []);
    }
    reading.defaults(roots);
    if (qube.netvm !== null) {
        reading.proxyvm(qube.netvm);
    }
    const result = reading.result(ruleFilePath(ruleOwnerName(qube)), {
        learnsUntil: until,
        watchedUntil: watchedUntil(all.moment.watched, qube.uuid),
    });
    return result.ok && isNothing(result.value) ? null : result;
}

/** The rules of all files that are in force, in their order. */
export function allRules({ files }: EffectiveRules): StoredRule[] {
    return files.flatMap(({ rules, over }) =>
        rules.filter((rule) => !over.has(rule)),
    );
}
