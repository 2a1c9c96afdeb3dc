// A small Qubes OS in memory, the daemon in its dom0, and a user.

import { knownQubes } from '../../../dom0/adapters/known-qubes.ts';
import { changeLearning } from '../../../dom0/change-learning.ts';
import { changeRules } from '../../../dom0/change-rules.ts';
import { changeStopped } from '../../../dom0/change-stopped.ts';
import { proxyvmsOf } from '../../../dom0/cli/affected.ts';
import { concernedProxyvms } from '../../../dom0/core/concerned.ts';
import { desiredState } from '../../../dom0/core/desired-state.ts';
import { withLearner, withoutLearner } from '../../../dom0/core/learning.ts';
import { place } from '../../../dom0/core/place.ts';
import { runningQubes } from '../../../dom0/core/qube.ts';
import { withoutStops, withStops } from '../../../dom0/core/stopped.ts';
import { runDaemon } from '../../../dom0/daemon/daemon.ts';
import { Journal } from '../../../dom0/daemon/journal.ts';
import type { Deps } from '../../../dom0/deps.ts';
import { Failure } from '../../../dom0/failure.ts';
import {
    lookUnderLock,
    type Seen,
    toldOf,
} from '../../../dom0/look-under-lock.ts';
import { look, withFiles, withStopped } from '../../../dom0/view.ts';
import { visitAll } from '../../../dom0/walk.ts';
import { vifOf } from '../../../proxyvm/core/attached.ts';
import { plan } from '../../../proxyvm/core/plan.ts';
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Uuid } from '../../../shared/domain/uuid.ts';
import { ok } from '../../../shared/result.ts';
import { nameOf, nothingShared } from '../../dom0/rules.ts';
import { Dom0 } from './dom0.ts';
import { ProxyVm } from './proxyvm.ts';
import { Qubes } from './qubes.ts';
import { Qubesd } from './qubesd.ts';
import { Rights } from './rights.ts';
import { Life, Scheduler } from './scheduler.ts';

/** Far more than any history takes that comes to rest at all. */
const mostTurns = 20_000;

/** The look that nothing is the reason of is never waited for. */
export const slowMs = 8 * 60 * 1000;

const never = { boot: '' as Uuid, counter: 0 };

export class World {
    readonly scheduler = new Scheduler();
    readonly qubesd = new Qubesd(this.scheduler);
    readonly proxyvms: ReadonlyMap<string, ProxyVm>;
    readonly qubes: Qubes;
    readonly dom0: Dom0;
    readonly journal: string[] = [];
    private readonly rights: Rights;
    private daemon: Life | null = null;
    private onChange: () => void = () => undefined;

    constructor(proxyvms: readonly string[]) {
        const { scheduler, qubesd } = this;
        this.proxyvms = new Map(
            proxyvms.map((name) => [
                name,
                new ProxyVm(nameOf(name), scheduler),
            ]),
        );
        this.qubes = new Qubes(scheduler, qubesd, this.proxyvms);
        this.dom0 = new Dom0(scheduler, qubesd, this.qubes, this.proxyvms);
        this.rights = new Rights(
            this.dom0,
            this.qubes,
            this.proxyvms.values(),
            scheduler,
        );
        scheduler.afterEach = () => this.rights.check();
        this.dom0.onChange = () => this.onChange();
    }

    /** Lets something go on by itself. */
    spawn(doing: Promise<unknown>): void {
        this.scheduler.spawn(doing);
    }

    startDaemon(): void {
        if (this.daemon?.isAlive) {
            return;
        }
        const { scheduler } = this;
        const life = new Life('the daemon');
        this.daemon = life;
        const deps = this.dom0.depsOf(life);
        const known = knownQubes(deps.inventory);
        const doing = runDaemon({
            deps,
            known,
            listen: this.qubesd.listenAs(life),
            watch: (onChange) => {
                this.onChange = () => {
                    const text = 'the daemon sees that a file has changed';
                    scheduler.spawn(scheduler.turn(life, text, onChange));
                };
            },
            clock: scheduler.clockOf(life),
            random: () => 0.5,
            journal: new Journal((line) => this.journal.push(line)),
            onReady: () => undefined,
            pid: 1,
        });
        scheduler.spawn(doing);
    }

    /** At whatever it was. */
    killDaemon(): void {
        if (this.daemon !== null) {
            this.daemon.isAlive = false;
            this.onChange = () => undefined;
        }
    }

    /** At its turn after so many, and it is started again. */
    restartDaemonAfter(turns: number): void {
        if (this.daemon !== null) {
            const act = () => {
                this.killDaemon();
                this.startDaemon();
            };
            this.daemon.fate = { turns, act };
        }
    }

    /**
     * A command that sets all rules of a qube; and the clock is set by so many
     * seconds after that.
     */
    setRules(name: string, text: string, setBy = 0): void {
        this.command(`the user's command for ${name}`, async (deps) => {
            const qube = nameOf(name);
            const about = { expected: toldOf([qube]), isTrial: false };
            await lookUnderLock(deps, about, (seen) =>
                this.change(deps, seen, qube, text),
            );
            this.scheduler.skewMs += 1000 * setBy;
        });
    }

    private async change(
        deps: Deps,
        { view, locks }: Seen,
        name: QubeName,
        text: string,
    ) {
        const owner = view.system.get(name);
        if (owner === undefined) {
            return;
        }
        const edit = () => ok({ text, note: null });
        const changed = await changeRules(deps, {
            owner,
            command: 'edit',
            edit,
            isTrial: false,
            locks,
        });
        if (changed.ok) {
            const files = new Map(view.files).set(name, changed.value.file);
            const { placements } = withFiles(view, files);
            const told = await deps.told.read();
            const names = new Set([name]);
            const proxyvms = concernedProxyvms(names, placements, told);
            await visitAll(deps, proxyvms, {}, { view, locks });
        }
    }

    setStopped(name: string, isStopped: boolean): void {
        const verb = isStopped ? 'stop' : 'start';
        this.command(`the user's ${verb} ${name}`, async (deps) => {
            const expected = toldOf([nameOf(name)]);
            const about = { expected, isTrial: false };
            await lookUnderLock(deps, about, (seen) =>
                this.changeStop(deps, seen, nameOf(name), isStopped),
            );
        });
    }

    private async changeStop(
        deps: Deps,
        seen: Seen,
        name: QubeName,
        isStopped: boolean,
    ) {
        const { system } = seen.view;
        const qube = system.get(name);
        if (qube === undefined) {
            return;
        }
        const hold = { since: '2026-11-24T12:00:00Z', by: 'user' };
        const { after } = await changeStopped(
            deps,
            (before) =>
                isStopped
                    ? withStops(before, [qube], system, hold)
                    : withoutStops(before, [qube], system),
            { isTrial: false, locks: seen.locks },
        );
        const told = await deps.told.read();
        const view = withStopped(seen.view, after);
        const proxyvms = proxyvmsOf([qube], view, told);
        await visitAll(deps, proxyvms, {}, { ...seen, view });
    }

    /**
     * A command that has a qube learn for so long, null: that ends it; and the
     * clock is set by so many seconds after that.
     */
    learn(name: string, seconds: number | null, setBy = 0): void {
        const doing = seconds === null ? 'end of learning' : 'learn';
        this.command(`the user's ${doing} ${name}`, async (deps) => {
            const { system, moment } = await look(deps);
            const qube = system.get(nameOf(name));
            if (qube === undefined) {
                return;
            }
            const clocks = { ...moment, monotonicMs: deps.monotonicMs() };
            const { since, by } = { since: '2026-11-24T12:00:00Z', by: 'user' };
            await changeLearning(
                deps,
                (before) =>
                    seconds === null
                        ? withoutLearner(before, qube.uuid, system)
                        : withLearner(
                              before,
                              qube,
                              { since, by, seconds },
                              clocks,
                              system,
                          ),
                false,
            );
            const told = await deps.told.read();
            const view = await look(deps);
            await visitAll(deps, proxyvmsOf([qube], view, told));
            this.scheduler.skewMs += 1000 * setBy;
        });
    }

    /** Rules that hold for so many seconds, beside others. */
    timedRules(text: string, seconds: number): string {
        const now = Math.ceil(this.dom0.moment.nowMs / 1000);
        return `${text}^t\\.test$ expire=${now + seconds}\n`;
    }

    private command(text: string, action: (deps: Deps) => Promise<void>): void {
        const life = new Life(text);
        const doing = action(this.dom0.depsOf(life)).catch((error) => {
            if (!(error instanceof Failure)) {
                throw error;
            }
        });
        this.scheduler.spawn(doing);
    }

    /** Nothing is broken any more, and the daemon runs. */
    mend(): void {
        this.qubesd.isUp = true;
        this.dom0.isFull = false;
        for (const proxyvm of this.proxyvms.values()) {
            proxyvm.mend();
        }
        this.startDaemon();
    }

    /** Until nothing is left that waits for its turn only. */
    async calm(): Promise<void> {
        while (await this.scheduler.run(0)) {
            // The next one's turn.
        }
    }

    /** Until nothing is left to be done but the last of many tries. */
    async rest(): Promise<void> {
        const { scheduler } = this;
        for (let turns = 0; turns < mostTurns; turns += 1) {
            if (!(await scheduler.run(0)) && !(await scheduler.pass())) {
                return;
            }
        }
        throw new Error('it does not come to rest');
    }

    /** What failed too often before all was mended is tried once more. */
    async restLate(): Promise<void> {
        await this.rest();
        for (const name of this.proxyvms.keys()) {
            if (this.stepsLeft(name).length > 0) {
                await this.scheduler.pass(slowMs);
                await this.rest();
            }
        }
    }

    proxyvm(name: string): ProxyVm {
        const found = this.proxyvms.get(name);
        if (found === undefined) {
            throw new Error(`no such ProxyVM: ${name}`);
        }
        return found;
    }

    /** What a ProxyVM would still have to do, by a fresh look. */
    stepsLeft(name: string): string[] {
        const system = this.qubes.system();
        const { files, stopped, moment } = this.dom0;
        const serve = runningQubes(system);
        const placements = place({
            ...nothingShared,
            moment,
            system,
            files,
            stopped,
            serve,
        });
        const { clients } = desiredState(
            nameOf(name),
            system,
            placements,
            never,
            moment,
        );
        const state = this.proxyvm(name).observed();
        const own = new Set(clients.map(({ xid }) => vifOf(xid ?? 0)));
        // An interface of a qube that is none of its clients may take an
        // earlier address of one at any time: nothing tells dom0 of it.
        const attached = state.attached.filter(({ vif }) => own.has(vif));
        const plans = [state, { ...state, attached }].map(
            (each) => plan(clients, each).steps,
        );
        return plans.some((steps) => steps.length === 0)
            ? []
            : (plans[0] ?? []).map(({ action }) => action);
    }

    /** Fails unless every ProxyVM is as a fresh look would have it. */
    checkAll(): void {
        for (const name of this.proxyvms.keys()) {
            const steps = this.stepsLeft(name);
            if (steps.length > 0) {
                throw new Error(
                    `${name} would still have to: ${steps.join(', ')}`,
                );
            }
        }
    }
}
