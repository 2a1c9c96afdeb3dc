// Never without ears for longer than it takes to connect again.
import type { Listen } from '../adapters/event-stream.ts';
import type { Event } from '../core/events/frames.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';

/** As qubesadmin.events does it. */
const reconnectMs = 1000;

interface Ears {
    readonly listen: Listen;
    readonly clock: Clock;
    readonly journal: Journal;
    /** It hears, or qubesd does not let it yet; called once. */
    readonly onReady: () => void;
}

export function keepListening(
    { listen, clock, journal, onReady }: Ears,
    onEvent: (event: Event) => void,
): void {
    let isReady = false;
    const becomeReady = () => {
        if (!isReady) {
            isReady = true;
            onReady();
        }
    };
    const connect = () =>
        listen({
            onEvent(event) {
                journal.connection(null);
                onEvent(event);
                becomeReady();
            },
            onEnd(reason) {
                journal.connection(reason);
                clock.after(reconnectMs, connect);
                becomeReady();
            },
        });
    connect();
}
