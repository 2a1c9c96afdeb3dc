import type { Brand } from '../brand.ts';
import { err, ok, type Result } from '../result.ts';

/** The validated name of a qube; `dom0` is none. */
export type QubeName = Brand<string, 'QubeName'>;

const reserved = new Set(['Domain-0', 'dom0', 'none', 'default']);

/**
 * Takes exactly the names that Qubes takes for a qube: at most 31 characters,
 * a letter first, then letters, digits, `_`, `.` and `-`, not ending in `-dm`
 * (qubes-core-admin qubes/vm/__init__.py, validate_name).
 */
export function parseQubeName(
    untrusted_text: string,
): Result<QubeName, string> {
    if (untrusted_text.length > 31) {
        return err('a qube name has at most 31 characters');
    }
    if (!/^[a-zA-Z][a-zA-Z0-9_.-]*$/.test(untrusted_text)) {
        return err(
            'a qube name is a letter, then letters, digits, "_", "." or "-"',
        );
    }
    if (reserved.has(untrusted_text) || untrusted_text.endsWith('-dm')) {
        return err('that name is reserved in Qubes');
    }
    return ok(untrusted_text as QubeName);
}
