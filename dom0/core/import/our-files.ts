// Files as they lie below /etc/qubes/filterproxy, from another dom0 or from
// an archive that `export` made.
import { parseQubeName } from '../../../shared/domain/qube-name.ts';
import { toPrintable } from '../../../shared/printable.ts';
import type { Result } from '../../../shared/result.ts';
import {
    type ConfigDirectoryName,
    configDirectories,
    pathIn,
    suffixes,
} from '../config-file.ts';
import type { System } from '../qube.ts';
import { parseSetName, parseTagName } from '../set-name.ts';
import type { ArchivedFile } from '../tar.ts';
import { type ImportPlan, planFile } from './planned-file.ts';

/** A path of ours: directory and name. */
interface OurPath {
    readonly directory: ConfigDirectoryName;
    readonly untrusted_name: string;
}

/** Reads a path; null if it is none of ours, wherever the archive begins. */
export function parseOurPath(untrusted_path: string): OurPath | null {
    const [untrusted_file = '', untrusted_directory] = untrusted_path
        .split('/')
        .reverse();
    const directory = configDirectories.find(
        (each) => each === untrusted_directory,
    );
    if (directory === undefined) {
        return null;
    }
    const suffix = suffixes[directory];
    return untrusted_file.endsWith(suffix)
        ? { directory, untrusted_name: untrusted_file.slice(0, -suffix.length) }
        : null;
}

const parseName: Record<
    ConfigDirectoryName,
    (untrusted_name: string) => Result<string, string>
> = {
    qubes: parseQubeName,
    tags: parseTagName,
    sets: parseSetName,
    proxies: parseQubeName,
};

/** All files of ours among them, for the qubes that there are now. */
export function planOurFiles(
    files: readonly ArchivedFile[],
    system: System,
): ImportPlan {
    const planned: ImportPlan['files'][number][] = [];
    const problems: ImportPlan['problems'][number][] = [];
    const remarks: string[] = [];
    const seen = new Set<string>();
    for (const { path: untrusted_path, bytes } of files) {
        const ours = parseOurPath(untrusted_path);
        const name = ours && parseName[ours.directory](ours.untrusted_name);
        if (ours === null || !name?.ok) {
            const why = name && !name.ok ? `: ${name.error}` : '';
            remarks.push(`${toPrintable(untrusted_path)}: left out${why}`);
            continue;
        }
        const path = pathIn(ours.directory, name.value);
        if (seen.has(path)) {
            remarks.push(`${toPrintable(untrusted_path)}: left out, twice`);
            continue;
        }
        seen.add(path);
        const owner =
            ours.directory === 'qubes' ? ownerOf(system, name.value) : null;
        const result = planFile(bytes, untrusted_path, {
            path,
            owner,
            heading: path,
            remarks:
                ours.directory === 'qubes' && owner === null
                    ? [
                          `there is no qube ${name.value}: the rules are for ` +
                              'the first one of that name',
                      ]
                    : [],
        });
        planned.push(...(result.planned === null ? [] : [result.planned]));
        problems.push(...result.problems);
    }
    return { files: planned, remarks, problems };
}

function ownerOf(system: System, name: string) {
    return [...system.values()].find((qube) => qube.name === name) ?? null;
}
