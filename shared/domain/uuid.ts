import type { Brand } from '../brand.ts';
import { err, ok, type Result } from '../result.ts';

/** A UUID in lower case: a qube's identity, or a boot's. */
export type Uuid = Brand<string, 'Uuid'>;

/** Takes the 36-character form as Qubes and the kernel print it. */
export function parseUuid(untrusted_text: string): Result<Uuid, string> {
    const hex =
        /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
    return hex.test(untrusted_text)
        ? ok(untrusted_text as Uuid)
        : err('not a UUID');
}
