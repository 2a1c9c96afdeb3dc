// What journald has of the proxies' lines. Nobody else reads it: see
// core/requests/.
import type {
    StreamCommand,
    StreamEnd,
} from '../../shared/io/stream-command.ts';
import { toPrintable } from '../../shared/printable.ts';
import { droppedMessageId } from '../core/requests/journal-line.ts';
import { AgentFailure } from '../failure.ts';

/**
 * Lines that are read: the newest. A million of them would take half a minute.
 * As journald limits what a proxy says to some thousands a minute, these are
 * all but after a long flood.
 */
const newest = 100_000;

/** In which systemd puts the instances of our unit (systemd.slice(5)). */
const slice = '_SYSTEMD_SLICE=system-qubes\\x2dfilterproxy.slice';

/** Longer than a busy journal takes for the next line. */
const silenceMs = { once: 30_000, follow: 2 ** 31 - 1 };

export interface JournalOptions {
    readonly stream: StreamCommand;
    /** With what comes later, until `signal` ends it. */
    readonly isFollowed: boolean;
    readonly signal: AbortSignal;
    readonly onLine: (untrusted_line: Buffer) => void;
}

/** All lines of proxies in this boot, in their order. */
export async function readJournal(options: JournalOptions): Promise<void> {
    const { stream, isFollowed, signal, onLine } = options;
    const args = [
        '--boot',
        '--quiet',
        '--output=json',
        '--output-fields=MESSAGE,_UID,_SYSTEMD_INVOCATION_ID,MESSAGE_ID,N_DROPPED',
        `--lines=${newest}`,
        ...(isFollowed ? ['--follow'] : []),
        slice,
        '+',
        `MESSAGE_ID=${droppedMessageId}`,
    ];
    const end = await stream('journalctl', args, {
        input: '',
        onLine: (untrusted_line) => {
            onLine(untrusted_line);
            return true;
        },
        signal,
        maxLineBytes: 1024 * 1024,
        silenceMs: isFollowed ? silenceMs.follow : silenceMs.once,
        paceMs: 0,
    });
    if (!hasEndedWell(end)) {
        throw new AgentFailure('apply', `journalctl: ${describeEnd(end)}`);
    }
}

/** Where journald has no line of this boot yet, it ends with 1 and says so. */
function hasEndedWell(end: StreamEnd): boolean {
    if (end.kind !== 'exit') {
        return end.kind === 'aborted';
    }
    const hasNothing =
        end.exitCode === 1 && end.stderr.includes('No such boot ID in journal');
    return end.exitCode === 0 || hasNothing;
}

function describeEnd(end: StreamEnd): string {
    if (end.kind !== 'exit') {
        return end.kind;
    }
    if (end.startError !== null) {
        return `did not start (${end.startError})`;
    }
    const said = toPrintable(end.stderr.toString('latin1'), 300);
    return `ended with ${end.exitCode ?? 'a signal'}: ${said}`;
}
