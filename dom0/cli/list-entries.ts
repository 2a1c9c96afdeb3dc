// What `list` has to know of a qube and its rules.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { ruleFilePath } from '../core/config-file.ts';
import { type AllFiles, rulesOf } from '../core/effective-rules.ts';
import { looseRules } from '../core/notices.ts';
import { type Qube, ruleOwnerName, type System } from '../core/qube.ts';
import { noFile } from '../core/rule-files.ts';
import { includedSets, tagFiles } from '../core/sources.ts';
import { type Held, holdOn, type Stopped } from '../core/stopped.ts';
import type { Deps } from '../deps.ts';
import { endingContext } from './format/ending.ts';
import { isOfAnother, type ListEntry } from './format/list.ts';
import { asClient, unknownQube } from './resolve-qube.ts';

/** All files, and the qubes; none if no rule is for one run of some qube. */
interface Listed extends AllFiles {
    readonly system: System;
}

/** Of a qube that is asked for by its name. */
export async function entryOf(
    deps: Deps,
    all: Listed,
    name: QubeName,
    stopped: Stopped,
    isEffective: boolean,
): Promise<ListEntry> {
    const asked = await deps.inventory.one(name);
    const owner = asked === null ? name : ruleOwnerName(asked);
    const { content } = all.files.get(owner) ?? noFile;
    const hasFile = !content.ok || content.value.text !== '';
    if (asked === null && !hasFile) {
        throw await unknownQube(deps, name);
    }
    if (asked === null) {
        const gone = { name, qube: null, client: null, held: null };
        return toEntry(all, gone, isEffective);
    }
    const client = asClient(asked);
    const qube = owner === name ? client : await deps.inventory.one(owner);
    const system = new Map(qube === null ? [] : [[owner, qube]]);
    const held = holdOn(stopped, client, system);
    return toEntry(all, { name: owner, qube, client, held }, isEffective);
}

interface Asked {
    /** Whose file it is. */
    readonly name: QubeName;
    /** That qube, if there is one. */
    readonly qube: Qube | null;
    /** Who has its rules: the same one, or a disposable. */
    readonly client: Qube | null;
    readonly held: Held | null;
}

export function toEntry(
    all: Listed,
    { name, qube, client, held }: Asked,
    isEffective: boolean,
): ListEntry {
    const file = all.files.get(name) ?? noFile;
    const isInForce = client !== null && !isOfAnother({ qube, file });
    const rules = isInForce ? rulesOf(all, client) : null;
    return {
        name,
        qube,
        file,
        disposable:
            client === null || client.name === name ? null : client.name,
        held,
        learner:
            client !== null &&
            held === null &&
            rules?.ok &&
            rules.value.learnsUntil !== null
                ? (all.moment.learners.get(client.uuid) ?? null)
                : null,
        isRunning: client !== null && client.xid !== null,
        includes: file.content.ok ? includedSets(all, file.content.value) : [],
        tags: tagFiles(all).filter(
            ({ qubes }) => client !== null && qubes.includes(client.name),
        ),
        problems:
            rules !== null && !rules.ok
                ? rules.error
                : file.content.ok
                  ? []
                  : file.content.error,
        loose: looseRules(ruleFilePath(name), file.content),
        context: endingContext(all.moment, client ?? qube, all.system),
        effective: isEffective && rules?.ok ? rules.value : null,
    };
}
