import {
    mostTenureBytes,
    type Tenure,
    tenures,
} from '../core/requests/tenures.ts';
import { paths } from '../paths.ts';
import { readKept } from './kept.ts';

/** Nothing that cannot be read tells whose a user id was: then nobody's. */
export function readTenures(): readonly Tenure[] {
    const kept = readKept(tenures, paths.tenures, mostTenureBytes);
    if (kept === null || kept.ok) {
        return kept?.value ?? [];
    }
    console.error(`${paths.tenures}: ${kept.error}`);
    return [];
}
