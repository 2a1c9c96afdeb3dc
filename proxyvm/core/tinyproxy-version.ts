import { toPrintable } from '../../shared/printable.ts';
import { err, ok, type Result } from '../../shared/result.ts';

/** What the installed tinyproxy is, and the faults that we work around. */
export interface TinyproxyVersion {
    readonly text: string;
    readonly mistakesIp6Clients: boolean;
}

/** What to do about every tinyproxy that is refused. */
export const tinyproxyRemedy =
    'install tinyproxy 1.11.1 or later in the template of this qube';

/**
 * Reads the output of `tinyproxy -v`. Before 1.11.1 a missing filter file
 * lets everything through and FilterType is unknown: refused.
 */
export function parseTinyproxyVersion(
    untrusted_output: string,
): Result<TinyproxyVersion, string> {
    const match =
        /^tinyproxy (([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3}))(?![0-9])/.exec(
            untrusted_output,
        );
    if (match === null) {
        const seen = toPrintable(untrusted_output, 60);
        return err(
            `"tinyproxy -v" says no version but "${seen}": ${tinyproxyRemedy}`,
        );
    }
    const [, text = '', ...parts] = match;
    const [major = 0, minor = 0, patch = 0] = parts.map(Number);
    const rank = (major * 1000 + minor) * 1000 + patch;
    return rank < 1_011_001
        ? err(`tinyproxy ${text} is too old: ${tinyproxyRemedy}`)
        : ok({ text, mistakesIp6Clients: rank === 1_011_001 });
}
