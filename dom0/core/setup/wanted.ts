import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Qube } from '../qube.ts';

/** What `setup` was asked for. */
export interface Wanted {
    /** The qube that is to be the ProxyVM; there may be none of that name. */
    readonly proxyvm: QubeName;
    /** The qubes that are to be its clients, at least one. */
    readonly clients: readonly Qube[];
    /** The netvm that it is to have; null: the one that the clients have. */
    readonly netvm: QubeName | null;
    /** The template for a new one; null: whichever has the package. */
    readonly template: QubeName | null;
}
