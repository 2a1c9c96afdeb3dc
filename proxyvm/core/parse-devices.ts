import { err, ok, type Result } from '../../shared/result.ts';

/** Reads the names in /proc/net/dev: two lines of titles, then `NAME: …`. */
export function parseDevices(
    untrusted_text: string,
): Result<ReadonlySet<string>, string> {
    const lines = untrusted_text.split('\n').slice(2, -1);
    const names = lines.map((line) => /^ *([^ :/]{1,15}): /.exec(line)?.[1]);
    return names.every((name) => name !== undefined)
        ? ok(new Set(names))
        : err('a line without a device');
}
