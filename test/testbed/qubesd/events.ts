// Who listens to admin.Events. qubesd neither keeps nor repeats events.

import { type EventArguments, eventFrame } from './wire.ts';

type Send = (frame: Buffer) => void;

/** The name dom0 stands for "events of everything". */
const everything = 'dom0';

export class EventHub {
    private readonly listeners = new Map<Send, string>();

    /** `destination`: `dom0` for all events, else that qube's only. */
    subscribe(destination: string, send: Send): void {
        this.listeners.set(send, destination);
        send(eventFrame('', 'connection-established', []));
    }

    unsubscribe(send: Send): void {
        this.listeners.delete(send);
    }

    /** `subject` is the empty string for the system itself. */
    fire(subject: string, event: string, args: EventArguments = []): void {
        const frame = eventFrame(subject, event, args);
        for (const [send, destination] of this.listeners) {
            if (destination === everything || destination === subject) {
                send(frame);
            }
        }
    }
}
