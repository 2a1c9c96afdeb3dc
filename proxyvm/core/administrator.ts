// Who may call besides dom0: the qube that dom0 has written into QubesDB.
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';

/**
 * As dom0 sets it: qvm-features PROXYVM vm-config.filterproxy-admin QUBE
 * (R4.3; qubes-core-admin qubes/ext/vm_config.py).
 */
export const administratorKey = '/vm-config/filterproxy-admin';

/** Whom what `qubesdb-read` prints names; null: nobody. */
export function parseAdministrator(untrusted_text: string): QubeName | null {
    const name = parseQubeName(untrusted_text.replace(/\n$/, ''));
    return name.ok ? name.value : null;
}
