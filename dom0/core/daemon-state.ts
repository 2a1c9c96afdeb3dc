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
