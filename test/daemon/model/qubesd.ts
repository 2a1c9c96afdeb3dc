// qubesd as far as it tells of events: bytes to whoever listens.
import type { Listen, Listener } from '../../../dom0/adapters/event-stream.ts';
import { cutEvents } from '../../../dom0/core/events/frames.ts';
import type { Life, Scheduler } from './scheduler.ts';

interface Ears {
    readonly life: Life;
    readonly listener: Listener;
    readonly chunks: Uint8Array[];
    /** It ends when what was written has been read. */
    isEnding: boolean;
    isReading: boolean;
}

export class Qubesd {
    isUp = true;
    isTwice = false;
    /** How many events are read at once at most. */
    mostAtOnce = 1;
    private readonly scheduler: Scheduler;
    private ears: Ears | null = null;

    constructor(scheduler: Scheduler) {
        this.scheduler = scheduler;
    }

    /** As a program connects to it. */
    listenAs(life: Life): Listen {
        return (listener) => {
            const connected = this.scheduler.turn(
                life,
                `${life.name} connects to qubesd`,
                () => {
                    if (!this.isUp) {
                        listener.onEnd('ECONNREFUSED');
                        return;
                    }
                    const [isEnding, isReading] = [false, false];
                    const chunks: Uint8Array[] = [];
                    this.ears = { life, listener, chunks, isEnding, isReading };
                    this.write(eventBytes('', 'connection-established', {}));
                },
            );
            this.scheduler.spawn(connected);
        };
    }

    /** An event; `-` is the system. */
    emit(
        subject: string,
        name: string,
        args: Readonly<Record<string, string>> = {},
    ): void {
        const bytes = eventBytes(subject === '-' ? '' : subject, name, args);
        this.write(bytes);
        if (this.isTwice) {
            this.isTwice = false;
            this.write(bytes);
        }
    }

    /** The connection ends; of what was not read yet so much is lost. */
    cut(lost: number): void {
        const { ears } = this;
        if (ears !== null) {
            ears.chunks.splice(Math.max(0, ears.chunks.length - lost));
            ears.isEnding = true;
            this.ears = null;
            this.read(ears);
        }
    }

    private write(bytes: Uint8Array): void {
        if (this.ears?.life.isAlive) {
            this.ears.chunks.push(bytes);
            this.read(this.ears);
        }
    }

    private read(ears: Ears): void {
        if (!ears.isReading) {
            ears.isReading = true;
            this.scheduler.spawn(this.readAll(ears));
        }
    }

    private async readAll(ears: Ears): Promise<void> {
        const { life, listener, chunks } = ears;
        while (chunks.length > 0) {
            await this.scheduler.turn(life, `${life.name} reads events`, () =>
                hear(listener, chunks.splice(0, this.mostAtOnce)),
            );
        }
        ears.isReading = false;
        if (ears.isEnding) {
            await this.scheduler.turn(life, `${life.name} hears no more`, () =>
                listener.onEnd('qubesd ended it'),
            );
        }
    }
}

function hear(listener: Listener, chunks: readonly Uint8Array[]): void {
    const cut = cutEvents(Buffer.concat(chunks));
    if (!cut.ok) {
        throw new Error(cut.error);
    }
    for (const event of cut.value.events) {
        listener.onEvent(event);
    }
}

function eventBytes(
    subject: string,
    name: string,
    args: Readonly<Record<string, string>>,
): Uint8Array {
    const fields = ['1', subject, name, ...Object.entries(args).flat()];
    return Buffer.from(`${fields.join('\0')}\0\0`);
}
