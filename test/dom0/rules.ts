// Rule files in memory.

import { ruleFilePath } from '../../dom0/core/config-file.ts';
import type { Moment } from '../../dom0/core/moment.ts';
import { parseRuleText } from '../../dom0/core/rule-file.ts';
import type { KnownFile, RuleFiles } from '../../dom0/core/rule-files.ts';
import type { SharedFiles } from '../../dom0/core/shared-files.ts';
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import { parseUuid, type Uuid } from '../../shared/domain/uuid.ts';
import { uuidOf } from './fake-qubes.ts';

/** A name that is known to be one. */
export function nameOf(text: string): QubeName {
    const name = parseQubeName(text);
    if (!name.ok) {
        throw new Error(name.error);
    }
    return name.value;
}

/** The uuid of an example's qube. */
export function uuidFor(qube: string): Uuid {
    const uuid = parseUuid(uuidOf(qube));
    if (!uuid.ok) {
        throw new Error(uuid.error);
    }
    return uuid.value;
}

/** The time in tests, when nothing has passed yet. */
export const noonMoment: Moment = {
    nowMs: Date.UTC(2026, 10, 24, 12),
    passed: 0,
    ends: new Map(),
    boot: 'c295b21f',
    learners: new Map(),
    watched: [],
};

export const noSharedFiles: SharedFiles = {
    tags: new Map(),
    sets: new Map(),
    proxies: new Map(),
};

/** There are files of qubes only. */
export const nothingShared = {
    shared: noSharedFiles,
    tagged: new Map(),
    moment: noonMoment,
};

/** Rule files by qube; an owner that is given is a uuid. */
export function filesOf(
    texts: Readonly<Record<string, string>>,
    owners: Readonly<Record<string, string>> = {},
): RuleFiles {
    return new Map(
        Object.entries(texts).map(([qube, text]) => [
            nameOf(qube),
            fileOf(qube, text, owners[qube]),
        ]),
    );
}

function fileOf(qube: string, text: string, owner = ''): KnownFile {
    const uuid = parseUuid(owner);
    const content = parseRuleText(ruleFilePath(nameOf(qube)), text);
    return { content, owner: uuid.ok ? uuid.value : null };
}
