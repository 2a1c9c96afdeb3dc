// Whose rules are counted, and what becomes of the sums of a file as files,
// qubes and answers come and go.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Uuid } from '../../../shared/domain/uuid.ts';
import { filesFor } from '../concerning-files.ts';
import {
    type AllFiles,
    type EffectiveRules,
    rulesOf,
} from '../effective-rules.ts';
import { qubeOfPath } from '../history-entry.ts';
import { type Qube, ruleOwnerName, type System, uuidsIn } from '../qube.ts';
import type { StoredRule } from '../rule-file.ts';
import { isForeign, noFile } from '../rule-files.ts';
import { countsUsage } from '../settings/filter-settings.ts';
import { addCounters, withoutSources } from './add-counters.ts';
import type { Asked, Counters } from './counters.ts';
import { matchRules } from './match-rules.ts';
import { type FileUsage, keyOf, mostSources } from './usage-file.ts';

/** A qube that has rules, and the files that they are in. */
export interface Client {
    readonly qube: Qube;
    readonly files: readonly string[];
    /** Null: it cannot be told, since one of the files has an error. */
    readonly rules: EffectiveRules | null;
    readonly isCounted: boolean;
}

export type Known = AllFiles & { readonly system: System };

/** All qubes with rules that are in force for them, when they run. */
export function clientsIn(known: Known): Client[] {
    return [...known.system.values()].flatMap((qube) => {
        const owner = ruleOwnerName(qube);
        const own = known.files.get(owner) ?? noFile;
        const rules = isForeign(own, owner, known.system)
            ? null
            : rulesOf(known, qube);
        if (rules === null) {
            return [];
        }
        const isCounted = rules.ok && countsUsage(rules.value.settings);
        const files = filesFor(known, qube).map(({ file }) => file);
        return [
            { qube, files, rules: rules.ok ? rules.value : null, isCounted },
        ];
    });
}

/** The ProxyVMs that count for them. */
export function countingProxyvms(clients: readonly Client[]): QubeName[] {
    const netvms = clients.flatMap(({ qube, isCounted }) =>
        isCounted && qube.netvm !== null ? [qube.netvm] : [],
    );
    return [...new Set(netvms)];
}

/** The files whose rules are counted for some qube. */
export function countedFiles(clients: readonly Client[]): string[] {
    const files = clients.flatMap((client) =>
        client.isCounted ? client.files : [],
    );
    return [...new Set(files)];
}

/** Sums of a file of which nothing is known yet. */
export function newUsage(owner: Uuid | null): FileUsage {
    const nothing = { sources: new Map(), rules: new Map() };
    return { owner, since: null, at: 0, ...nothing };
}

/** The qube whose file it is; null: of a tag or a set. */
export function ownerOf(file: string, system: System): Uuid | null {
    const name = qubeOfPath(file);
    return name === null ? null : (system.get(name)?.uuid ?? null);
}

/** The sums of a file with what was counted of a client of it. */
export function withCounters(
    usage: FileUsage,
    file: string,
    { files }: EffectiveRules,
    counters: Counters,
): FileUsage {
    const own = files.find((each) => each.file === file);
    const isRoom =
        usage.sources.size < mostSources || usage.sources.has(keyOf(counters));
    return own === undefined || !isRoom
        ? usage
        : addCounters(
              usage,
              counters,
              matchRules(own.rules, own.over, counters.counters),
          );
}

/** The sums without rules and qubes that are not there any more. */
export function withoutGone(
    usage: FileUsage,
    rules: readonly StoredRule[],
    system: System,
): FileUsage {
    const expressions = new Set(rules.map(({ expression }) => expression));
    const uuids = uuidsIn(system);
    const gone = [...usage.sources].filter(([, { uuid }]) => !uuids.has(uuid));
    const kept = [...usage.rules].filter(([rule]) => expressions.has(rule));
    return withoutSources(
        { ...usage, rules: new Map(kept) },
        gone.map(([key]) => key),
    );
}

/** All sums begin anew; what was counted before stays forgotten. */
export function forgotten(
    usage: FileUsage,
    { boot, to, now }: Asked,
): FileUsage {
    const sources = [...usage.sources].map(
        ([key, source]) => [key, { ...source, boot, at: to }] as const,
    );
    return { ...newUsage(usage.owner), at: now, sources: new Map(sources) };
}
