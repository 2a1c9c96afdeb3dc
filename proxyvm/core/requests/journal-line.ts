// A line of `journalctl --output=json` (systemd.journal-fields(7)). Names with
// `_` in front are journald's own. The message is what tinyproxy wrote, and in
// it the host is what a client wrote.
import * as v from 'valibot';
import { decode } from '../../../shared/protocol/json.ts';
import { type ProxyUid, parseProxyUid } from '../proxy-uid.ts';
import { parseLogLine } from '../recorder/parse-log-line.ts';

/** journalctl itself leaves out what is longer than 4096. */
export const mostJournalLineBytes = 64 * 1024;

/** Microseconds of CLOCK_MONOTONIC, when it came to journald. */
const timestamp = v.pipe(
    v.string(),
    v.regex(/^[0-9]{1,16}$/),
    v.transform((text) => Number(text) / 1_000_000),
);

const byte = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255));

const ofProxy = v.object({
    _UID: v.string(),
    _SYSTEMD_INVOCATION_ID: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
    __MONOTONIC_TIMESTAMP: timestamp,
    /** Null: too long. A list: not all of it is printable UTF-8. */
    MESSAGE: v.nullish(v.union([v.string(), v.array(byte)])),
});

/** SD_MESSAGE_JOURNAL_DROPPED of systemd's sd-messages.h. */
export const droppedMessageId = 'a596d6fe7bfa4994828e72309e95d61e';

const ofJournald = v.object({
    _UID: v.literal('0'),
    MESSAGE_ID: v.literal(droppedMessageId),
    N_DROPPED: v.pipe(v.string(), v.regex(/^[0-9]{1,10}$/)),
    __MONOTONIC_TIMESTAMP: timestamp,
    MESSAGE: v.pipe(
        v.string(),
        v.regex(/ from qubes-filterproxy@[0-9]{5}\.service$/),
    ),
});

/** What the journal says of a proxy. */
export type JournalLine =
    | {
          readonly kind: 'said';
          readonly uid: ProxyUid;
          /** One for each start of a unit. */
          readonly invocation: string;
          readonly seconds: number;
          /** What was refused; null if it says nothing of that. */
          readonly refused: RefusedRequest | null;
      }
    /** journald kept that many lines to itself: it said too much at once. */
    | {
          readonly kind: 'dropped';
          readonly uid: ProxyUid;
          readonly lines: number;
          readonly seconds: number;
      };

export interface RefusedRequest {
    /** Null: it cannot be shown. */
    readonly host: string | null;
    readonly port: number | null;
}

/** Null for what says nothing of a proxy of ours. */
export function parseJournalLine(
    untrusted_line: Uint8Array,
): JournalLine | null {
    return saidIn(untrusted_line) ?? droppedIn(untrusted_line);
}

function saidIn(untrusted_line: Uint8Array): JournalLine | null {
    const line = decode(ofProxy, untrusted_line, mostJournalLineBytes);
    const uid = line.ok ? parseProxyUid(line.value._UID) : null;
    return line.ok && uid !== null
        ? {
              kind: 'said',
              uid,
              invocation: line.value._SYSTEMD_INVOCATION_ID,
              seconds: line.value.__MONOTONIC_TIMESTAMP,
              refused: refusedIn(line.value.MESSAGE),
          }
        : null;
}

function droppedIn(untrusted_line: Uint8Array): JournalLine | null {
    const line = decode(ofJournald, untrusted_line, mostJournalLineBytes);
    const unit = line.ok ? line.value.MESSAGE.slice(-13, -8) : '';
    const uid = parseProxyUid(unit);
    return line.ok && uid !== null
        ? {
              kind: 'dropped',
              uid,
              lines: Number(line.value.N_DROPPED),
              seconds: line.value.__MONOTONIC_TIMESTAMP,
          }
        : null;
}

type Message = v.InferOutput<typeof ofProxy>['MESSAGE'];

/** Of bytes, a character for each: one that is not printable is in no host. */
function refusedIn(untrusted_message: Message): RefusedRequest | null {
    const untrusted_text = Array.isArray(untrusted_message)
        ? String.fromCharCode(...untrusted_message)
        : (untrusted_message ?? '');
    const event = parseLogLine(untrusted_text);
    return event?.kind === 'refused' ? event : null;
}
