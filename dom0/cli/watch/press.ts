// What keys make of what `watch` shows.
import { type Choice, firstChoice, type Offer, type Time } from './offer.ts';
import { type Row, rowKey } from './rows.ts';
import { type Listable, listed, type State, selectedAt } from './state.ts';

/** What keys need to know. */
export interface Seen extends Listable {
    readonly offerFor: (row: Row) => Offer | null;
}

/** What is to be done because of a key. */
export type Effect =
    | { readonly kind: 'quit' }
    | { readonly kind: 'redraw' }
    | { readonly kind: 'allow'; readonly choice: Choice };

export interface Pressed {
    readonly state: State;
    readonly effect: Effect | null;
}

/** A key by its name (`up`, `return`) or as it is typed (`a`, `?`). */
export function press(state: State, key: string, seen: Seen): Pressed {
    if (key === 'ctrl-c') {
        return { state, effect: { kind: 'quit' } };
    }
    if (key === 'ctrl-l') {
        return { state, effect: { kind: 'redraw' } };
    }
    switch (state.panel.kind) {
        case 'adding':
            return stay(state);
        case 'choice':
            return pressInChoice(state, state.panel.choice, key);
        case 'help':
        case 'said':
            return key === 'q'
                ? { state, effect: { kind: 'quit' } }
                : stay({ ...state, panel: { kind: 'row' } });
        case 'row':
            return pressInList(state, key, seen);
    }
}

function stay(state: State): Pressed {
    return { state, effect: null };
}

function pressInChoice(state: State, choice: Choice, key: string): Pressed {
    const times: Readonly<Record<string, Time>> = {
        1: 'hour',
        s: 'shutdown',
        g: 'good',
    };
    const time = times[key];
    if (time !== undefined) {
        return stay(withChoice(state, { ...choice, time }));
    }
    switch (key) {
        case 'h':
            return stay(withChoice(state, { ...choice, isDomain: false }));
        case 'd': {
            const isDomain = choice.offer.domain !== null;
            return stay(withChoice(state, { ...choice, isDomain }));
        }
        case 'return':
            return {
                state: { ...state, panel: { kind: 'adding', choice } },
                effect: { kind: 'allow', choice },
            };
        case 'escape':
        case 'q':
            return stay({ ...state, panel: { kind: 'row' } });
        default:
            return stay(state);
    }
}

function withChoice(state: State, choice: Choice): State {
    return { ...state, panel: { kind: 'choice', choice } };
}

function pressInList(state: State, key: string, seen: Seen): Pressed {
    const list = listed(state, seen);
    const at = selectedAt(state, list);
    const row = list[at];
    const moved = movedTo(key, at, list.length, seen.page);
    if (moved !== null) {
        const target = list[moved];
        const selected =
            moved === 0 || target === undefined ? null : rowKey(target);
        return stay({ ...state, selected });
    }
    switch (key) {
        case 'q':
            return { state, effect: { kind: 'quit' } };
        case 'a': {
            const offer = row === undefined ? null : seen.offerFor(row);
            return stay(
                offer === null ? state : withChoice(state, firstChoice(offer)),
            );
        }
        case 'f':
            return stay({
                ...state,
                qube: state.qube === null && row ? row.qube : null,
            });
        case 'r':
            return stay({ ...state, isRefusedOnly: !state.isRefusedOnly });
        case 'p':
        case 'space':
            return stay({
                ...state,
                paused: state.paused === null ? seen.rows : null,
            });
        case '?':
            return stay({ ...state, panel: { kind: 'help' } });
        default:
            return stay(state);
    }
}

/** The place that a key leads to; null if it is for something else. */
function movedTo(
    key: string,
    at: number,
    length: number,
    page: number,
): number | null {
    const last = Math.max(0, length - 1);
    const to = (place: number) => Math.min(last, Math.max(0, place));
    switch (key) {
        case 'up':
        case 'k':
            return to(at - 1);
        case 'down':
        case 'j':
            return to(at + 1);
        case 'pageup':
            return to(at - page);
        case 'pagedown':
            return to(at + page);
        case 'home':
            return 0;
        case 'end':
            return last;
        default:
            return null;
    }
}
