// The files that concern a qube, or that another file includes, whatever is in
// them.
import type {
    AllFiles,
    FileRead,
    Includable,
    QubeRules,
} from './effective-rules.ts';
import type { Qube } from './qube.ts';
import { Reading } from './read-rules.ts';
import { rootsOf } from './roots.ts';
import type { FileContent } from './shared-files.ts';

/** All files that have or could have rules for a qube, each once. */
export function filesFor(all: AllFiles, qube: Qube): readonly FileRead[] {
    const reading = new Reading(all, qube.xid);
    for (const { path, content } of rootsOf(all, qube)) {
        reading.file(path, content, []);
    }
    return reading.read;
}

/** A file, and all that it includes, each once. */
export function filesFrom(
    all: Includable,
    path: string,
    content: FileContent,
): readonly FileRead[] {
    const reading = new Reading(all, null);
    reading.file(path, content, []);
    return reading.read;
}

/** The rules of a file and of all that it includes. */
export function rulesFrom(
    all: Includable,
    path: string,
    content: FileContent,
): QubeRules {
    const reading = new Reading(all, null);
    reading.file(path, content, []);
    return reading.result(path);
}
