// nft prints rules in words of its own. So what it printed when ours had just
// been loaded is kept, with what was loaded: what is there is ours while both
// are still so, also after an upgrade of ours or of nft.
import * as v from 'valibot';
import { isErrno } from '../shared/io/errno.ts';
import { writeWhole } from './apply/files.ts';
import { readKept } from './observe/kept.ts';
import { paths } from './paths.ts';

const loaded = v.strictObject({ text: v.string(), listing: v.string() });

/** More than nft ever prints of one table of ours. */
const maxBytes = 1024 * 1024;

export type LoadedName = keyof typeof paths.loaded;

/**
 * Keeps what nft says of `text`, which was loaded just now. Where that cannot be
 * written nothing is ours any more, and whatever is to be closed still is.
 */
export function rememberLoaded(
    name: LoadedName,
    text: string,
    listing: string,
): void {
    const path = paths.loaded[name];
    try {
        writeWhole(path, JSON.stringify({ text, listing }));
    } catch (error) {
        if (!isErrno(error)) {
            throw error;
        }
        console.error(`${path}: it cannot be written: ${error.code}`);
    }
}

/** What nft said then, if what was loaded is `text`; else null. */
export function listingOfLoaded(name: LoadedName, text: string): string | null {
    const last = lastLoaded(name);
    return last?.text === text ? last.listing : null;
}

/** What was loaded last, and what nft said of it; null if nobody knows. */
export function lastLoaded(
    name: LoadedName,
): v.InferOutput<typeof loaded> | null {
    const path = paths.loaded[name];
    const kept = readKept(loaded, path, maxBytes);
    if (kept === null || kept.ok) {
        return kept?.value ?? null;
    }
    console.error(`${path}: ${kept.error}`);
    return null;
}
