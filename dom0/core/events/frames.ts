// The stream of admin.Events as qubesd writes it, cut into events
// (qubes-core-admin qubes/api/__init__.py, send_event).
import { err, ok, type Result } from '../../../shared/result.ts';

/** One event; nothing in it is to be believed, only to be looked into. */
export interface Event {
    /** A qube's name; empty for the system. */
    readonly untrusted_subject: string;
    readonly name: string;
    readonly untrusted_args: ReadonlyMap<string, string>;
}

/** Bytes of one event: qubesd takes no value longer than 64 KiB. */
export const maxEventBytes = 1024 * 1024;

interface Cut {
    readonly events: readonly Event[];
    /** The beginning of an event whose end is still to come. */
    readonly rest: Uint8Array;
}

/**
 * The whole events in what has come so far. An event is
 * `1 NUL SUBJECT NUL NAME NUL (KEY NUL VALUE NUL)* NUL`; a value may be
 * empty, a key may not. Anything else is an error: the stream is lost.
 */
export function cutEvents(untrusted_bytes: Uint8Array): Result<Cut, string> {
    const events: Event[] = [];
    let start = 0;
    while (start < untrusted_bytes.length) {
        if (!beginsAsEvent(untrusted_bytes, start)) {
            return err('qubesd sent something that is no event');
        }
        const fields = fieldsFrom(untrusted_bytes, start);
        if (fields === null) {
            break;
        }
        const event = toEvent(fields.untrusted_texts);
        if (!event.ok) {
            return event;
        }
        events.push(event.value);
        start = fields.end;
    }
    const rest = untrusted_bytes.subarray(start);
    return rest.length > maxEventBytes
        ? err(`an event is longer than ${maxEventBytes} bytes`)
        : ok({ events, rest });
}

/** An answer or an exception begins otherwise. */
function beginsAsEvent(untrusted_bytes: Uint8Array, start: number): boolean {
    const [kind, end = 0] = untrusted_bytes.subarray(start, start + 2);
    return kind === '1'.charCodeAt(0) && end === 0;
}

interface Fields {
    readonly untrusted_texts: readonly string[];
    readonly end: number;
}

const leading = 3;
const latin1 = new TextDecoder('latin1');

/** The fields of the event that begins there; null if it has no end yet. */
function fieldsFrom(untrusted_bytes: Uint8Array, start: number): Fields | null {
    const untrusted_texts: string[] = [];
    let from = start;
    for (;;) {
        const nul = untrusted_bytes.indexOf(0, from);
        if (nul === -1) {
            return null;
        }
        const isKey =
            untrusted_texts.length >= leading &&
            (untrusted_texts.length - leading) % 2 === 0;
        if (isKey && nul === from) {
            return { untrusted_texts, end: nul + 1 };
        }
        untrusted_texts.push(
            latin1.decode(untrusted_bytes.subarray(from, nul)),
        );
        from = nul + 1;
    }
}

function toEvent([
    ,
    untrusted_subject = '',
    name = '',
    ...untrusted_rest
]: readonly string[]): Result<Event, string> {
    if (name === '') {
        return err('qubesd sent an event without a name');
    }
    const untrusted_args = new Map<string, string>();
    for (let at = 0; at < untrusted_rest.length; at += 2) {
        untrusted_args.set(
            untrusted_rest[at] ?? '',
            untrusted_rest[at + 1] ?? '',
        );
    }
    return ok({ untrusted_subject, name, untrusted_args });
}
