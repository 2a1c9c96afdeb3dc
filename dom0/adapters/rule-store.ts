// The rule files in dom0, and the uuid of the qube that each was written for.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { ruleFilePath } from '../core/config-file.ts';
import { type FileProblem, wholeFile } from '../core/file-problem.ts';
import { maxRuleFileBytes, parseRuleFile } from '../core/rule-file.ts';
import {
    type KnownFile,
    noFile,
    type Owners,
    parseOwner,
    type RuleFiles,
} from '../core/rule-files.ts';
import { parseSetName, parseTagName } from '../core/set-name.ts';
import type { FileContent, SharedFiles } from '../core/shared-files.ts';
import { shownConfig } from '../paths.ts';
import {
    type ConfigDirectory,
    trustConfig,
    writeConfig,
} from './config-directory.ts';
import { deleteFile, readTrusted, type Trusted } from './files.ts';
import { type Parse, remembering } from './parsed-rules.ts';
import { readDirectory } from './rule-directory.ts';

export interface AllRules {
    readonly files: RuleFiles;
    readonly shared: SharedFiles;
    /** Files among them whose names are none of a qube, a tag or a set. */
    readonly strays: readonly FileProblem[];
    /** Files among them that are not taken for rule files. */
    readonly ignored: readonly FileProblem[];
}

export interface RuleStore {
    readAll(): Promise<AllRules>;
    /** A missing file is an empty one that belongs to nobody. */
    read(name: QubeName): Promise<KnownFile>;
    /** Any file by its path below /etc/qubes/filterproxy; null: missing. */
    readFile(path: string): Promise<FileContent | null>;
    writeFile(path: string, text: string): Promise<void>;
    recordOwner(name: QubeName, owner: Uuid): Promise<void>;
    /** Whose each file is; without those of which it cannot be read. */
    owners(): Promise<Owners>;
    forgetOwner(name: QubeName): Promise<void>;
}

const maxOwnerBytes = 100;

interface Store extends ConfigDirectory {
    readonly parse: Parse;
}

export function ruleStore(config: ConfigDirectory): RuleStore {
    const store = { ...config, parse: remembering(parseRuleFile) };
    return {
        readAll: async () => readAll(store),
        read: async (name) => readOne(store, trustConfig(store), name),
        readFile: async (path) => readContent(store, trustConfig(store), path),
        writeFile: (path, text) => writeConfig(store, path, text),
        recordOwner: (name, owner) =>
            writeConfig(store, ownerPath(name), `${owner}\n`),
        owners: async () => readOwners(store),
        forgetOwner: (name) =>
            deleteFile(join(store.directory, ownerPath(name))),
    };
}

function ownerPath(name: QubeName): string {
    return `owners/${name}`;
}

function readAll(store: Store): AllRules {
    const trusted = trustConfig(store);
    const read = (path: string) => readContent(store, trusted, path);
    const qubes = readDirectory(store, 'qubes', parseQubeName, (_, name) =>
        readOne(store, trusted, name),
    );
    const tags = readDirectory(store, 'tags', parseTagName, read);
    const sets = readDirectory(store, 'sets', parseSetName, read);
    const proxies = readDirectory(store, 'proxies', parseQubeName, read);
    const all = [qubes, tags, sets, proxies];
    return {
        files: qubes.files,
        shared: {
            tags: withContent(tags.files),
            sets: withContent(sets.files),
            proxies: withContent(proxies.files),
        },
        strays: all.flatMap(({ strays }) => strays),
        ignored: all.flatMap(({ ignored }) => ignored),
    };
}

/** One that went while the directory was read is not there. */
function withContent<Name>(
    files: ReadonlyMap<Name, FileContent | null>,
): ReadonlyMap<Name, FileContent> {
    return new Map(
        [...files].flatMap(([name, content]) =>
            content === null ? [] : [[name, content] as const],
        ),
    );
}

/** What is in a file; null if there is none. */
function readContent(
    store: Store,
    trusted: Trusted,
    path: string,
): FileContent | null {
    const read = readTrusted(
        join(store.directory, path),
        trusted,
        maxRuleFileBytes,
    );
    if (read === null) {
        return null;
    }
    return read.ok
        ? store.parse(path, read.value)
        : err([wholeFile(path, read.error)]);
}

function readOne(store: Store, trusted: Trusted, name: QubeName): KnownFile {
    const owner = readOwner(store, trusted, name);
    const content = readContent(store, trusted, ruleFilePath(name));
    if (content === null) {
        return noFile;
    }
    return owner.ok
        ? { content, owner: owner.value }
        : {
              content: err([owner.error, ...(content.ok ? [] : content.error)]),
              owner: null,
          };
}

function readOwners(store: ConfigDirectory): Owners {
    const trusted = trustConfig(store);
    const owners = new Map<QubeName, Uuid>();
    for (const entry of readdirSync(join(store.directory, 'owners'))) {
        const name = parseQubeName(entry);
        const owner = name.ok ? readOwner(store, trusted, name.value) : null;
        if (name.ok && owner?.ok && owner.value !== null) {
            owners.set(name.value, owner.value);
        }
    }
    return owners;
}

function readOwner(
    store: ConfigDirectory,
    trusted: Trusted,
    name: QubeName,
): Result<Uuid | null, FileProblem> {
    const path = ownerPath(name);
    const read = readTrusted(
        join(store.directory, path),
        trusted,
        maxOwnerBytes,
    );
    if (read === null) {
        return ok(null);
    }
    const owner = read.ok ? parseOwner(read.value) : read;
    return owner.ok
        ? owner
        : err(
              wholeFile(
                  path,
                  `${owner.error}; if in doubt: rm ${shownConfig}/${path}`,
              ),
          );
}
