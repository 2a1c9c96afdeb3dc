// A ProxyVM in memory: the agent's own core decides, one step at a time; its
// vifs are what Qubes plugged in, whatever dom0 believes.

import { callFailure } from '../../../dom0/core/agent-answer.ts';
import type { Deps } from '../../../dom0/deps.ts';
import { apply } from '../../../proxyvm/apply/apply.ts';
import { StartFailure } from '../../../proxyvm/apply/start-failure.ts';
import { clientsAfter } from '../../../proxyvm/core/deadlines.ts';
import type { ObservedState } from '../../../proxyvm/core/observed-state.ts';
import { planClosing, planExpiry } from '../../../proxyvm/core/plan-expiry.ts';
import { planEnd } from '../../../proxyvm/core/plan-upkeep.ts';
import type { ProxyUid } from '../../../proxyvm/core/proxy-uid.ts';
import type { Step } from '../../../proxyvm/core/step.ts';
import { AgentFailure } from '../../../proxyvm/failure.ts';
import { reportOf } from '../../../proxyvm/report.ts';
import type { Ip4 } from '../../../shared/domain/address.ts';
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Report } from '../../../shared/protocol/answer.ts';
import type {
    DesiredState,
    Issued,
} from '../../../shared/protocol/desired-state.ts';
import { limits } from '../../../shared/protocol/limits.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { carryOut, emptyState } from '../../proxyvm/model.ts';
import { Life, Mutex, type Scheduler } from './scheduler.ts';

/** How long the agent may take when a deadline has come, milliseconds. */
const patienceMs = 10_000;
const retrySeconds = 10;

/** An interface that a client has here, as Qubes plugged it in. */
export interface Vif {
    readonly qube: string;
    readonly uuid: string;
    readonly address: string;
    readonly gateway: string;
}

type Answered = Awaited<ReturnType<Deps['callAgent']>>;

interface Call {
    readonly process: Life;
    readonly end: (answer: Answered) => void;
}

export class ProxyVm {
    state: ObservedState = emptyState;
    /** By name, e.g. `vif7.0`. */
    readonly vifs = new Map<string, Vif>();
    isUp = false;
    /** No call of its agent goes on. */
    isHung = false;
    /** The next step fails. */
    isFailing = false;
    /** The next proxy does not start. */
    isBroken = false;
    /** The agent's program cannot be run. */
    isAgentGone = false;
    /** What happens to its next call, after so many turns of that. */
    fate: { readonly turns: number; readonly what: 'dies' | 'hangs' } | null =
        null;
    calls = 0;
    /** The documents that it may act on: the last applied and later ones. */
    documents: DesiredState[] = [];
    /** Told of each document that is accepted, and when it came. */
    onReceived: (document: DesiredState, atMs: number) => void = () =>
        undefined;
    /** Told of each document that was applied. */
    onApplied: (document: DesiredState) => void = () => undefined;

    readonly name: QubeName;
    private readonly scheduler: Scheduler;
    private accepted: Issued | null = null;
    private lock = new Mutex();
    private open = new Set<Call>();
    /** tinyproxies that died, and that systemd starts again. */
    private fallen = new Set<ProxyUid>();
    private boot = new Life('nobody');
    /** What systemd has for deadlines. */
    private readonly timers = new Map<ProxyUid, () => void>();
    /** When what is left of deadlines was last reckoned. */
    private reckonedMs = 0;

    constructor(name: QubeName, scheduler: Scheduler) {
        this.name = name;
        this.scheduler = scheduler;
    }

    start(): void {
        this.isUp = true;
        this.boot = new Life(this.name);
    }

    /** Nothing of it is left. */
    halt(): void {
        this.killAgent('it went away in the middle');
        this.boot.isAlive = false;
        this.isUp = false;
        this.state = emptyState;
        this.vifs.clear();
        this.accepted = null;
        this.documents = [];
        this.lock = new Mutex();
        this.fallen.clear();
        this.isHung = false;
        this.timers.clear();
    }

    attach(vif: string, client: Vif): void {
        this.vifs.set(vif, client);
        this.noteAttached();
    }

    detach(vif: string): void {
        this.vifs.delete(vif);
        this.noteAttached();
    }

    hang(isHung: boolean): void {
        this.isHung = isHung;
        for (const { process } of this.open) {
            process.isHung = isHung;
        }
    }

    /** Nothing is wrong with it any more, nor will be. */
    mend(): void {
        this.hang(false);
        this.isFailing = false;
        this.isBroken = false;
        this.isAgentGone = false;
        this.fate = null;
        for (const { process } of this.open) {
            process.fate = null;
        }
    }

    /** What its agent has done so far stays as it is. */
    killAgent(reason = 'its agent ended with exit code 137'): void {
        for (const { process, end } of this.open) {
            process.isAlive = false;
            end(err(callFailure('cut-off', reason)));
        }
        this.open.clear();
    }

    /** One of its tinyproxies dies, and systemd starts it again. */
    killTinyproxy(which: number): void {
        const alive = this.state.proxies.filter(({ isAlive }) => isAlive);
        const victim = alive[which % Math.max(alive.length, 1)];
        if (victim !== undefined) {
            this.fallen.add(victim.uid);
            this.setAlive(victim.uid, false);
            const text = `systemd starts a tinyproxy of ${this.name} again`;
            const again = this.scheduler.turn(this.boot, text, () => {
                if (this.fallen.delete(victim.uid)) {
                    this.setAlive(victim.uid, true);
                }
            });
            this.scheduler.spawn(again);
        }
    }

    /** An old proxy has finished its last connection. */
    endDrained(which: number): void {
        const old = this.state.proxies.filter(({ isDraining }) => isDraining);
        const proxy = old[which % Math.max(old.length, 1)];
        if (proxy !== undefined) {
            this.scheduler.spawn(this.upkeep(proxy.uid));
        }
    }

    /** A call of the service, as qrexec-client makes it. */
    async call(
        caller: Life,
        document: DesiredState | null,
    ): Promise<Result<Report, ReturnType<typeof callFailure>>> {
        const isThere = await this.scheduler.turn(
            caller,
            `${caller.name} calls ${this.name}`,
            () => this.isUp,
        );
        if (!isThere || document === null) {
            return err(callFailure('unreachable', 'it does not answer'));
        }
        this.calls += 1;
        const process = new Life(`${this.name}'s agent`);
        process.isHung = this.isHung;
        const answer = await new Promise<Answered>((end) => {
            const call = { process, end };
            this.open.add(call);
            this.meetFate(process);
            const callOff = this.scheduler.after(caller, limits.answerMs, () =>
                end(err(callFailure('too-slow', 'it did not answer'))),
            );
            const receivedMs = this.scheduler.nowMs;
            const ran = this.run(process, document, receivedMs).then(
                (ended) => {
                    callOff();
                    process.isAlive = false;
                    this.open.delete(call);
                    end(ended);
                },
            );
            this.scheduler.spawn(ran);
        });
        const text = `${caller.name} hears from ${this.name}: ${textOf(answer)}`;
        return this.scheduler.turn(caller, text, () => answer);
    }

    private meetFate(process: Life): void {
        if (this.fate !== null) {
            const { turns, what } = this.fate;
            this.fate = null;
            const act = () => {
                if (what === 'dies') {
                    this.killAgent();
                } else {
                    process.isHung = true;
                }
            };
            if (turns === 0) {
                act();
            } else {
                process.fate = { turns, act };
            }
        }
    }

    private async run(
        process: Life,
        document: DesiredState,
        receivedMs: number,
    ): Promise<Answered> {
        try {
            const patience = limits.lockSeconds * 1000;
            if (!(await this.scheduler.acquire(process, this.lock, patience))) {
                throw new AgentFailure('busy', 'another call did not end');
            }
            return ok(await this.apply(process, document, receivedMs));
        } catch (error) {
            if (error instanceof AgentFailure) {
                const { message, code } = error;
                return err(callFailure('agent-error', message, code));
            }
            throw error;
        }
    }

    private async apply(
        process: Life,
        document: DesiredState,
        receivedMs: number,
    ): Promise<Report> {
        const { issued } = document;
        if (this.accepted !== null && issued.counter < this.accepted.counter) {
            throw new AgentFailure('stale', 'a newer document is in force');
        }
        this.accepted = issued;
        this.documents.push(document);
        this.onReceived(document, receivedMs);
        const elapsed = (this.scheduler.nowMs - receivedMs) / 1000;
        const clients = clientsAfter(document.clients, elapsed);
        const plannedMs = this.scheduler.nowMs;
        const applied = await apply(
            {
                before: this.observed(),
                observe: () =>
                    this.scheduler.turn(
                        process,
                        `${process.name} looks again`,
                        () => this.observed(),
                    ),
                execute: (step) =>
                    this.scheduler.turn(process, this.textOf(step), () => {
                        this.failIfTold();
                        this.execute(this.lateBy(step, plannedMs));
                    }),
            },
            clients,
        );
        this.documents = [document];
        this.onApplied(document);
        return reportOf(null, applied);
    }

    private textOf(step: Step): string {
        return `${this.name}'s agent: ${step.action}`;
    }

    private failIfTold(): void {
        if (this.isFailing) {
            this.isFailing = false;
            throw new AgentFailure('apply', 'a step failed');
        }
    }

    private execute(step: Step): void {
        const isStart = step.action === 'start-proxies';
        const broken = new Set(
            isStart && this.isBroken ? step.proxies.map(({ uid }) => uid) : [],
        );
        if (step.action === 'end-proxies') {
            for (const uid of step.uids) {
                this.fallen.delete(uid);
            }
        }
        if (isStart) {
            this.isBroken = false;
        }
        this.state = carryOut(this.observed(), step, broken);
        this.keepTimers(step);
    }

    /** What is there, with what is left of deadlines now. */
    observed(): ObservedState {
        const { nowMs } = this.scheduler;
        const elapsed = (nowMs - this.reckonedMs) / 1000;
        this.reckonedMs = nowMs;
        const proxies = this.state.proxies.map((proxy) => ({
            ...proxy,
            deadlines: proxy.deadlines.map((each) => ({
                ...each,
                seconds: each.seconds - elapsed,
            })),
        }));
        this.state = { ...this.state, proxies };
        return this.state;
    }

    /** What is left of deadlines counts from when it was planned. */
    private lateBy(step: Step, plannedMs: number): Step {
        if (step.action !== 'set-deadlines') {
            return step;
        }
        const elapsed = (this.scheduler.nowMs - plannedMs) / 1000;
        const timings = step.timings.map(({ uid, deadlines }) => ({
            uid,
            deadlines: deadlines.map((each) => ({
                ...each,
                seconds: each.seconds - elapsed,
            })),
        }));
        return { ...step, timings };
    }

    private keepTimers(step: Step): void {
        if (step.action === 'end-proxies') {
            step.uids.forEach((uid) => {
                this.setTimer(uid, null);
            });
        }
        if (step.action === 'set-deadlines') {
            for (const { uid, deadlines } of step.timings) {
                this.setTimer(uid, deadlines[0]?.seconds ?? null);
            }
        }
    }

    private setTimer(uid: ProxyUid, seconds: number | null): void {
        this.timers.get(uid)?.();
        this.timers.delete(uid);
        if (seconds !== null) {
            const waitMs = Math.max(seconds, 0) * 1000;
            const callOff = this.scheduler.after(this.boot, waitMs, () => {
                this.setTimer(uid, retrySeconds);
                this.scheduler.spawn(this.expire(uid));
            });
            this.timers.set(uid, callOff);
        }
    }

    /** As systemd does: the agent for a while, and then the end. */
    private async expire(uid: ProxyUid): Promise<void> {
        const process = new Life(`${this.name}'s agent, by a timer,`);
        process.isHung = this.isHung;
        const end = () => {
            process.isAlive = false;
            this.fallen.delete(uid);
            this.setAlive(uid, false);
            this.scheduler.log.push(`    systemd ends ${uid} of ${this.name}`);
        };
        if (this.isAgentGone) {
            end();
            return;
        }
        const callOff = this.scheduler.after(this.boot, patienceMs, end);
        try {
            await this.scheduler.acquire(process, this.lock, patienceMs * 2);
            await this.putNextInForce(process, uid);
        } catch (error) {
            if (!(error instanceof AgentFailure)) {
                throw error;
            }
            end();
        }
        process.isAlive = false;
        callOff();
    }

    private async putNextInForce(process: Life, uid: ProxyUid): Promise<void> {
        try {
            await this.doAll(process, planExpiry(uid, this.observed()));
        } catch (error) {
            if (!(error instanceof StartFailure)) {
                throw error;
            }
            await this.doAll(process, planClosing(uid, this.observed()));
        }
    }

    private async doAll(process: Life, steps: readonly Step[]): Promise<void> {
        const plannedMs = this.scheduler.nowMs;
        for (const step of steps) {
            await this.scheduler.turn(process, this.textOf(step), () => {
                this.failIfTold();
                this.execute(this.lateBy(step, plannedMs));
            });
        }
    }

    /** What it leaves half done, a visit does: here it does all. */
    private async upkeep(uid: ProxyUid): Promise<void> {
        const { boot, lock } = this;
        const patience = limits.lockSeconds * 1000;
        if (await this.scheduler.acquire(boot, lock, patience)) {
            for (const step of planEnd(uid, this.state)) {
                await this.scheduler.turn(boot, this.textOf(step), () =>
                    this.execute(step),
                );
            }
            lock.holder = null;
        }
    }

    private setAlive(uid: ProxyUid, isAlive: boolean): void {
        const proxies = this.state.proxies.map((proxy) =>
            proxy.uid === uid ? { ...proxy, isAlive } : proxy,
        );
        this.state = { ...this.state, proxies };
    }

    private noteAttached(): void {
        const attached = [...this.vifs].map(([vif, { address }]) => ({
            vif,
            address: address as Ip4,
        }));
        this.state = { ...this.state, attached };
    }
}

function textOf(answer: Answered): string {
    if (!answer.ok) {
        return answer.error.message;
    }
    const { clients } = answer.value;
    const said = clients.map(({ name, state }) => `${name} ${state}`);
    return said.length === 0 ? 'nobody' : said.join(', ');
}
