// All rule files, and to which qube each belongs.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { parseUuid, type Uuid } from '../../shared/domain/uuid.ts';
import { ok, type Result } from '../../shared/result.ts';
import { defaultOf } from './default.ts';
import type { FileProblem } from './file-problem.ts';
import { type Qube, ruleOwnerName, type System, uuidsIn } from './qube.ts';
import { emptyRuleFile, includesIn, type RuleFile } from './rule-file.ts';

export interface KnownFile {
    readonly content: Result<RuleFile, readonly FileProblem[]>;
    /**
     * The qube that it was written for, recorded at its first use; null
     * before. A file belongs to a qube, not to whatever has its name.
     */
    readonly owner: Uuid | null;
}

/** Reads a record of an owner: a uuid, and blanks around it at will. */
export function parseOwner(untrusted_bytes: Buffer): Result<Uuid, string> {
    return parseUuid(untrusted_bytes.toString('utf8').trim());
}

/** A file that is missing: an empty one that belongs to nobody. */
export const noFile: KnownFile = { content: ok(emptyRuleFile), owner: null };

/** By the name of the qube that a file is for. */
export type RuleFiles = ReadonlyMap<QubeName, KnownFile>;

/**
 * Whether it lets its qube have a proxy: by rules, its own or included ones, or
 * as a block list, which may have none. One that cannot be read may do so.
 */
export function hasRules({ content }: Pick<KnownFile, 'content'>): boolean {
    return (
        !content.ok ||
        content.value.rules.length > 0 ||
        includesIn(content.value).length > 0 ||
        defaultOf(content.value) === 'allow'
    );
}

/** Whether it has rules for an earlier qube of that name. */
export function isForeign(
    file: KnownFile,
    name: QubeName,
    system: System,
): boolean {
    return (
        hasRules(file) &&
        file.owner !== null &&
        file.owner !== system.get(name)?.uuid
    );
}

/** Whose the files are, by the names of their qubes. */
export type Owners = ReadonlyMap<QubeName, Uuid>;

/** Those that are none of these qubes. */
export function ownersGone(owners: Owners, system: System) {
    const known = uuidsIn(system);
    return [...owners].filter(([, uuid]) => !known.has(uuid));
}

/** The qubes whose files are in use without their owner being recorded. */
export function unrecordedOwners(files: RuleFiles, system: System): Qube[] {
    return [...files].flatMap(([name, file]) => {
        const qube = system.get(name);
        const isNew = file.owner === null && hasRules(file);
        return qube !== undefined && isNew && ruleOwnerName(qube) === name
            ? [qube]
            : [];
    });
}
