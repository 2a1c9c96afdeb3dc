import { readFile } from 'node:fs/promises';
import { parseUuid } from '../../shared/domain/uuid.ts';
import type { Issued } from '../../shared/protocol/desired-state.ts';
import { Failure } from '../failure.ts';

/** Marks a document as made now; later ones of this boot have more. */
export type Issue = () => Promise<Issued>;

/**
 * This boot's id, and the microseconds of the kernel's monotonic clock, which
 * all processes share: taken under a ProxyVM's lock, they order its documents
 * without anything being stored.
 */
export function issueFrom(bootIdPath: string): Issue {
    return async () => {
        const boot = parseUuid((await readFile(bootIdPath, 'utf8')).trim());
        if (!boot.ok) {
            throw new Failure(`${bootIdPath}: ${boot.error}`);
        }
        const counter = Number(process.hrtime.bigint() / 1000n);
        return { boot: boot.value, counter };
    };
}
