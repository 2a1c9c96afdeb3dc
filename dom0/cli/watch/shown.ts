import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Remedy } from '../../core/requests/remedy.ts';
import type { Row } from './rows.ts';
import type { State } from './state.ts';

/** All that a screen of `watch` is made of. */
export interface Shown {
    readonly state: State;
    /** The qubes that it is about; null: all. */
    readonly named: readonly QubeName[] | null;
    readonly rows: readonly Row[];
    /** What the rules of now say of a row that was refused. */
    readonly remedyOf: (row: Row) => Remedy;
    /** Whose rule file a qube uses. */
    readonly ownerOf: (qube: QubeName) => QubeName;
    /** What is wrong with what is heard, a line each. */
    readonly notices: readonly string[];
    /** Whether there is anybody to listen to. */
    readonly hasProxyvms: boolean;
    readonly now: Date;
}
