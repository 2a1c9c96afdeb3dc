// Never without ears for longer than it takes to connect again.
import type { Listen } from '../adapters/event-stream.ts';
import type { Event } from '../core/events/frames.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';

/** As qubesadmin.events does it. */
const reconnectMs = 1000;

/** The boot of dom0 waits no longer for a qubesd that hangs. */
const patienceMs = 3000;

interface Ears {
    readonly listen: Listen;
    readonly clock: Clock;
    readonly journal: Journal;
    /** It hears, or qubesd does not let it yet, or hangs; called once. */
    readonly onReady: () => void;
}

export function keepListening(
    { listen, clock, journal, onReady }: Ears,
    onEvent: (event: Event) => void,
    onChange: (isListening: boolean) => void,
): void {
    let isReady = false;
    let isListening = false;
    const becomeReady = () => {
        if (!isReady) {
            isReady = true;
            callOffPatience();
            onReady();
        }
    };
    const callOffPatience = clock.after(patienceMs, becomeReady);
    const connect = () =>
        listen({
            onEvent(event) {
                if (!isListening) {
                    isListening = true;
                    journal.connection(null);
                    onChange(true);
                }
                onEvent(event);
                becomeReady();
            },
            onEnd(reason) {
                isListening = false;
                journal.connection(reason);
                onChange(false);
                clock.after(reconnectMs, connect);
                becomeReady();
            },
        });
    connect();
}
