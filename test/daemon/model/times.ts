// Until when a rule with a time may be served in a ProxyVM: the other promise
// that holds at every moment. One host has such rules and no others.
import type {
    DesiredClient,
    DesiredState,
    Filter,
} from '../../../shared/protocol/desired-state.ts';
import { lineOfHost } from '../../filters.ts';
import type { ProxyVm } from './proxyvm.ts';
import type { Scheduler } from './scheduler.ts';

const timedLine = lineOfHost('t.test');

/**
 * systemd tries every ten seconds, gives the agent ten, and then ends the
 * proxy: it takes that long only where the agent hangs.
 */
const toleranceMs = 21_000;

export class Times {
    /** By uuid, in virtual milliseconds. */
    private readonly until = new Map<string, number>();
    private readonly came = new WeakMap<DesiredState, number>();
    private readonly proxyvm: ProxyVm;
    private readonly scheduler: Scheduler;

    constructor(proxyvm: ProxyVm, scheduler: Scheduler) {
        this.proxyvm = proxyvm;
        this.scheduler = scheduler;
    }

    /** From now on the later one counts, of what was said and is said. */
    received(document: DesiredState, atMs: number): void {
        this.came.set(document, atMs);
        for (const [uuid, until] of this.limitsIn(document)) {
            const before = this.until.get(uuid) ?? 0;
            this.until.set(uuid, Math.max(before, until));
        }
    }

    applied(document: DesiredState): void {
        for (const [uuid, until] of this.limitsIn(document)) {
            this.until.set(uuid, until);
        }
    }

    /** Fails if a rule is served after its time. */
    check(): void {
        for (const { isAlive, record } of this.proxyvm.state.proxies) {
            const until = this.until.get(record?.uuid ?? '') ?? 0;
            const isTimed = isAlive && record !== null && has(record.filter);
            if (isTimed && this.scheduler.nowMs > until + toleranceMs) {
                throw new Error(
                    `${this.proxyvm.name} serves ${record.name} by a rule ` +
                        'whose time is over',
                );
            }
        }
    }

    private limitsIn(document: DesiredState): [string, number][] {
        const came = this.came.get(document) ?? 0;
        return document.clients
            .filter(({ filter }) => filter !== null && has(filter))
            .map((client) => [client.uuid, came + 1000 * secondsOf(client)]);
    }
}

function secondsOf({ name, deadlines }: DesiredClient): number {
    const end = deadlines.find(({ filter }) => filter === null || !has(filter));
    if (end === undefined) {
        throw new Error(`dom0 says of ${name} no time, though a rule has one`);
    }
    return end.seconds;
}

function has({ lines }: Pick<Filter, 'lines'>): boolean {
    return lines.some((line) => line === timedLine);
}
