// What qubes-filterproxyd lets be known of itself.
import * as v from 'valibot';
import { counter, qubeName } from '../../shared/protocol/schema.ts';

const time = v.pipe(v.string(), v.isoTimestamp());

const pendingSchema = v.strictObject({
    proxyvm: qubeName,
    /** What was heard, in words. */
    because: v.array(v.string()),
    /** Tries that failed since it was last up to date. */
    failures: counter,
    /** When it is tried again, UTC; null: it is being done. */
    nextTry: v.nullable(time),
});

export const daemonStateSchema = v.strictObject({
    pid: v.pipe(counter, v.minValue(1)),
    /** Whether qubesd tells it of events. */
    isListening: v.boolean(),
    /** The ProxyVMs that it is at work on, or will be. */
    pending: v.array(pendingSchema),
});

export type Pending = v.InferOutput<typeof pendingSchema>;
export type DaemonState = v.InferOutput<typeof daemonStateSchema>;

/**
 * What it lets be known while it runs; `suspended`: by a signal, it neither
 * ends nor goes on; `masked`: it does not run, and systemd is not to start it;
 * null: it does not run.
 */
export type SeenDaemon = DaemonState | 'suspended' | 'masked' | null;

export function isAtWork(daemon: SeenDaemon): daemon is DaemonState {
    return daemon !== null && typeof daemon === 'object';
}
