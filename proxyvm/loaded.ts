// nft prints rules in words of its own. So what it printed when ours had just
// been loaded is kept, with a digest of what was loaded: what is there is
// ours while both are still so, also after an upgrade of ours or of nft.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { decode } from '../shared/protocol/json.ts';
import { writeWhole } from './apply/files.ts';
import { orIfMissing } from './observe/files.ts';
import { paths } from './paths.ts';

const loaded = v.strictObject({ digest: v.string(), listing: v.string() });

/** More than nft ever prints of one table of ours. */
const maxBytes = 1024 * 1024;

export type LoadedName = keyof typeof paths.loaded;

/** Keeps what nft says of `text`, which was loaded just now. */
export async function rememberLoaded(
    name: LoadedName,
    text: string,
    listing: string,
): Promise<void> {
    const content = JSON.stringify({ digest: digestOf(text), listing });
    await writeWhole(paths.loaded[name], content);
}

/** Whether `text` is what was loaded, and still is what nft says. */
export async function isStillLoaded(
    name: LoadedName,
    text: string,
    listing: string,
): Promise<boolean> {
    const bytes = await orIfMissing(readFile(paths.loaded[name]), null);
    const kept = bytes === null ? null : decode(loaded, bytes, maxBytes);
    return (
        kept?.ok === true &&
        kept.value.digest === digestOf(text) &&
        kept.value.listing === listing
    );
}

function digestOf(text: string): string {
    return createHash('sha256').update(text).digest('hex');
}
