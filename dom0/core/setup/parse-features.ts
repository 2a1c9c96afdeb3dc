// What qvm-features and qvm-prefs print of one qube
// (qubes-core-admin-client qubesadmin/tools/qvm_features.py, qvm_prefs.py).
import { toPrintable } from '../../../shared/printable.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Features } from './template.ts';

/** Reads `qvm-features QUBE`: a line `NAME VALUE` for each feature. */
export function parseFeatures(
    untrusted_text: string,
): Result<Features, string> {
    const untrusted_lines = untrusted_text.split('\n');
    if (untrusted_lines.pop() !== '') {
        return err('its last line has no end');
    }
    const features = new Map<string, string>();
    for (const untrusted_line of untrusted_lines) {
        const match = /^([a-zA-Z0-9_.-]+)(?: +([ -~]*))?$/.exec(untrusted_line);
        const [, name = '', value = ''] = match ?? [];
        if (match === null || features.has(name)) {
            const shown = toPrintable(untrusted_line, 120);
            return err(`not a feature, or there twice: ${shown}`);
        }
        features.set(name, value);
    }
    return ok(features);
}

/** Reads in `qvm-prefs QUBE` whether its netvm is the default one. */
export function parseFollowing(
    untrusted_text: string,
): Result<boolean, string> {
    const flags = untrusted_text
        .split('\n')
        .flatMap((line) => /^netvm +([-D]) {2}/.exec(line)?.[1] ?? []);
    return flags.length === 1
        ? ok(flags[0] === 'D')
        : err('whether the netvm is the default one is missing');
}
