import { readFileSync } from 'node:fs';
import { orIfMissing } from '../../shared/io/errno.ts';
import { decode } from '../../shared/protocol/json.ts';
import {
    mostTenureBytes,
    type Tenure,
    tenures,
} from '../core/requests/tenures.ts';
import { paths } from '../paths.ts';

/** Nothing that cannot be read tells whose a user id was: then nobody's. */
export function readTenures(): readonly Tenure[] {
    const bytes = orIfMissing(() => readFileSync(paths.tenures), null);
    if (bytes === null) {
        return [];
    }
    const kept = decode(tenures, bytes, mostTenureBytes);
    if (!kept.ok) {
        console.error(`${paths.tenures}: ${kept.error}`);
        return [];
    }
    return kept.value;
}

/** Seconds of CLOCK_MONOTONIC, as journald stamps its lines. */
export function monotonicSeconds(): number {
    return Number(process.hrtime.bigint()) / 1e9;
}
