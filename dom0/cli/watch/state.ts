// What `watch` shows.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Choice } from './offer.ts';
import { inOrder, type Row, rowKey } from './rows.ts';

/** What stands below the list. */
export type Panel =
    | { readonly kind: 'row' }
    | { readonly kind: 'help' }
    | { readonly kind: 'choice'; readonly choice: Choice }
    /** A rule is being added. */
    | { readonly kind: 'adding'; readonly choice: Choice }
    /** What came of something, until a key is pressed. */
    | { readonly kind: 'said'; readonly lines: readonly string[] };

export interface State {
    /** Only this one's rows. */
    readonly qube: QubeName | null;
    readonly isRefusedOnly: boolean;
    /** The rows of when it was paused. */
    readonly paused: readonly Row[] | null;
    /** Key of a row; null: the first one, whichever that is. */
    readonly selected: string | null;
    readonly panel: Panel;
}

export const firstState: State = {
    qube: null,
    isRefusedOnly: false,
    paused: null,
    selected: null,
    panel: { kind: 'row' },
};

/** What the list is made of. */
export interface Listable {
    /** All that is known now. */
    readonly rows: readonly Row[];
    /** Rows that the screen has room for. */
    readonly page: number;
}

/** The rows to show, in order. */
export function listed(
    { qube, isRefusedOnly, paused }: State,
    { rows, page }: Listable,
): Row[] {
    const wanted = (paused ?? rows).filter(
        (row) =>
            (qube === null || row.qube === qube) &&
            !(isRefusedOnly && row.outcome === 'allowed'),
    );
    return inOrder(wanted, page);
}

/** The place of the selected row; 0 if it is gone. */
export function selectedAt({ selected }: State, list: readonly Row[]): number {
    return Math.max(
        0,
        list.findIndex((row) => rowKey(row) === selected),
    );
}
