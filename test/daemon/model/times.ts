// Until when a rule with a time may be served in a ProxyVM: the other promise
// that holds at every moment. One host has such rules and no others.

import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { plainNameLine } from '../../../shared/pattern/index.ts';
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

interface Promises {
    /** Until when each uuid may learn, whatever clocks say. */
    readonly promised: ReadonlyMap<string, number>;
    /** Until when rules with a time of that qube may hold, whatever they say. */
    lastEndOf(name: QubeName): number;
    /** No document was made of an earlier look than that. */
    readonly lookedAt: WeakMap<DesiredState, number>;
}

export class Times {
    /** By uuid, in virtual milliseconds. */
    private readonly until = new Map<string, number>();
    private readonly came = new WeakMap<DesiredState, number>();
    private readonly proxyvm: ProxyVm;
    private readonly scheduler: Scheduler;
    /** The same of who learns. */
    private readonly learnsUntil = new Map<string, number>();
    private readonly dom0: Promises;

    constructor(proxyvm: ProxyVm, scheduler: Scheduler, dom0: Promises) {
        this.proxyvm = proxyvm;
        this.scheduler = scheduler;
        this.dom0 = dom0;
    }

    /** From now on the later one counts, of what was said and is said. */
    received(document: DesiredState, atMs: number): void {
        this.came.set(document, atMs);
        for (const [uuid, until] of this.limitsIn(document)) {
            const before = this.until.get(uuid) ?? 0;
            this.until.set(uuid, Math.max(before, until));
        }
        for (const [uuid, until] of this.learnersIn(document)) {
            const before = this.learnsUntil.get(uuid) ?? 0;
            this.learnsUntil.set(uuid, Math.max(before, until));
        }
    }

    applied(document: DesiredState): void {
        for (const [uuid, until] of this.limitsIn(document)) {
            this.until.set(uuid, until);
        }
        for (const [uuid, until] of this.learnersIn(document)) {
            this.learnsUntil.set(uuid, until);
        }
    }

    /** Fails if a rule is served after its time, or somebody learns longer. */
    check(): void {
        this.checkLearning();
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

    private checkLearning(): void {
        for (const { isAlive, record } of this.proxyvm.state.proxies) {
            const until = this.learnsUntil.get(record?.uuid ?? '') ?? 0;
            const isLate = this.scheduler.nowMs > until + toleranceMs;
            if (
                isAlive &&
                isLate &&
                record?.filter.lines.includes(plainNameLine)
            ) {
                throw new Error(
                    `${this.proxyvm.name} lets ${record.name} learn for ` +
                        'longer than was asked for',
                );
            }
        }
    }

    /** As was asked for, and what a call was held up after its look. */
    private learnersIn(document: DesiredState): [string, number][] {
        const heldUpMs = this.heldUpMs(document);
        return document.clients
            .filter(({ filter }) => filter?.lines.includes(plainNameLine))
            .map(({ uuid }) => [
                uuid,
                (this.dom0.promised.get(uuid) ?? 0) + heldUpMs,
            ]);
    }

    /** As it is told, and no longer than since dom0 saw it first. */
    private limitsIn(document: DesiredState): [string, number][] {
        const came = this.came.get(document) ?? 0;
        const heldUpMs = this.heldUpMs(document);
        return document.clients
            .filter(({ filter }) => filter !== null && has(filter))
            .map((client) => [
                client.uuid,
                Math.min(
                    came + 1000 * secondsOf(client),
                    this.dom0.lastEndOf(client.name) + heldUpMs,
                ),
            ]);
    }

    private heldUpMs(document: DesiredState): number {
        const came = this.came.get(document) ?? 0;
        return came - (this.dom0.lookedAt.get(document) ?? 0);
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
