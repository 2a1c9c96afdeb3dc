// An entry of the history of our files: the whole text that a change left in
// a file, behind a line that says who made it. Its file is called
// NUMBER.DIRECTORY.NAME, so that `ls` shows them in order, and as long as it
// is not known whether the change came about, with `.pending` behind that.
import * as v from 'valibot';
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';
import { decode } from '../../shared/protocol/json.ts';
import { counter, uuid } from '../../shared/protocol/schema.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { configDirectories, suffixes } from './config-file.ts';
import { maxRuleFileBytes } from './rule-file.ts';

/** The directory of the history below /etc/qubes/filterproxy. */
export const historyDirectory = 'history';

/** Bytes of the line before the text. */
const maxHeadBytes = 500;

/** Bytes of an entry. */
export const maxEntryBytes = maxHeadBytes + maxRuleFileBytes;

export interface EntryName {
    /** Counted from 1 over all files. */
    readonly number: number;
    /** Of the file below /etc/qubes/filterproxy, e.g. `qubes/work.rules`. */
    readonly path: string;
    /** Written before a change of which it is not known if it came about. */
    readonly isPending: boolean;
}

const headSchema = v.strictObject({
    version: v.literal(1),
    /** In UTC: when it was made, or seen if it was made by hand. */
    time: v.pipe(
        v.string(),
        v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, 'not a UTC time'),
    ),
    /** A user of dom0; null: by hand, so nobody knows. */
    by: v.nullable(
        v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,32}$/, 'not a user name')),
    ),
    /** The command; null: by hand. */
    command: v.nullable(
        v.pipe(v.string(), v.regex(/^[a-z][a-z -]{0,31}$/, 'not a command')),
    ),
    /** The qube whose file it was; null for nobody's, or not recorded yet. */
    owner: v.nullable(uuid),
    /** The entry with the text of before; null: there is none. */
    previous: v.nullable(counter),
});

export type EntryHead = Omit<v.InferOutput<typeof headSchema>, 'version'>;

export interface Entry extends EntryHead {
    /** What the change left in the file; nothing is a missing file, too. */
    readonly text: Uint8Array;
}

/** By whom a file is changed, and whose it is. */
export interface Author {
    readonly by: string | null;
    readonly command: string | null;
    readonly owner: Uuid | null;
}

export const byHand = { by: null, command: null };

/** The place of an entry below /etc/qubes/filterproxy. */
export function entryPath({ number, path, isPending }: EntryName): string {
    const name = `${String(number).padStart(6, '0')}.${path.replace('/', '.')}`;
    return `${historyDirectory}/${name}${isPending ? '.pending' : ''}`;
}

/** Reads the name of an entry's file. */
export function parseEntryName(
    untrusted_name: string,
): Result<EntryName, string> {
    const [, digits = '', directory = '', file = '', pending] =
        /^(\d{6,9})\.([a-z]+)\.(.+?)(\.pending)?$/.exec(untrusted_name) ?? [];
    const number = Number(digits);
    const path = `${directory}/${file}`;
    return number > 0 && isRecordedPath(path)
        ? ok({ number, path, isPending: pending !== undefined })
        : err('its name is not NUMBER.DIRECTORY.FILE');
}

/** Whether it is the path of a file that has a history. */
export function isRecordedPath(untrusted_path: string): boolean {
    return configDirectories.some(
        (directory) =>
            untrusted_path.startsWith(`${directory}/`) &&
            untrusted_path.endsWith(suffixes[directory]) &&
            /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,109}$/.test(
                untrusted_path.slice(directory.length + 1),
            ),
    );
}

/** The qube whose rule file has that path; null if it is no qube's. */
export function qubeOfPath(path: string): QubeName | null {
    const [, untrusted_name = ''] = /^qubes\/(.+)\.rules$/.exec(path) ?? [];
    const name = parseQubeName(untrusted_name);
    return name.ok ? name.value : null;
}

/** The bytes of an entry's file. */
export function renderEntry({ text, ...head }: Entry): Uint8Array {
    const line = `${JSON.stringify({ version: 1, ...head })}\n`;
    return Buffer.concat([Buffer.from(line), text]);
}

/** Reads the bytes of an entry's file, or says what is wrong with them. */
export function parseEntry(untrusted_bytes: Uint8Array): Result<Entry, string> {
    const end = untrusted_bytes.indexOf(0x0a);
    if (end === -1) {
        return err('it has no first line that says who made the change');
    }
    const head = decode(
        headSchema,
        untrusted_bytes.subarray(0, end),
        maxHeadBytes,
    );
    if (!head.ok) {
        return err(`its first line: ${head.error}`);
    }
    const { version: _, ...known } = head.value;
    return ok({ ...known, text: untrusted_bytes.subarray(end + 1) });
}
