// dom0's files, locks and tools in memory. What a program of ours asks for
// comes when it is its turn; a program that was killed never hears of it.

import type { CommandDeps } from '../../../dom0/command-deps.ts';
import { callFailure } from '../../../dom0/core/agent-answer.ts';
import { ruleFilePath } from '../../../dom0/core/config-file.ts';
import {
    type FileProblem,
    wholeFile,
} from '../../../dom0/core/file-problem.ts';
import {
    endsOf,
    type FirstSeen,
    nothingSeen,
} from '../../../dom0/core/first-seen.ts';
import { qubeOfPath } from '../../../dom0/core/history-entry.ts';
import {
    type Clocks,
    type Learning,
    nobodyLearns,
} from '../../../dom0/core/learning.ts';
import { bootOf, type Moment } from '../../../dom0/core/moment.ts';
import { expiriesIn } from '../../../dom0/core/passed.ts';
import { parseRuleText } from '../../../dom0/core/rule-file.ts';
import type { KnownFile, RuleFiles } from '../../../dom0/core/rule-files.ts';
import { noFile } from '../../../dom0/core/rule-files.ts';
import type { Starting } from '../../../dom0/core/starting.ts';
import { nobodyStopped, type Stopped } from '../../../dom0/core/stopped.ts';
import type { Visited } from '../../../dom0/core/visited.ts';
import { Failure } from '../../../dom0/failure.ts';
import { noProgress } from '../../../dom0/progress.ts';
import { momentOf } from '../../../dom0/read-moment.ts';
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Uuid } from '../../../shared/domain/uuid.ts';
import { Trace } from '../../../shared/io/trace.ts';
import type { DesiredState } from '../../../shared/protocol/desired-state.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { noonMoment, noSharedFiles } from '../../dom0/rules.ts';
import { historyIn, type Kept } from './history-in.ts';
import type { ProxyVm } from './proxyvm.ts';
import type { Qubes } from './qubes.ts';
import type { Qubesd } from './qubesd.ts';
import { type Life, Mutex, type Scheduler } from './scheduler.ts';

const bootId = 'c295b21f-d8e0-4c9d-94f7-ac61ab9c9aa5' as Uuid;
const date = '2026-11-24T120000';
const notAsked = new Error('nobody asked for it');
const lockPatienceMs = 150_000;

export class Dom0 {
    isFull = false;
    /** Processes of Qubes' tools that were started. */
    tools = 0;
    stopped: Stopped = nobodyStopped;
    starting: Starting = new Map();
    /** The latest time of a rule that was seen to pass. */
    passed = 0;
    firstSeen: FirstSeen = nothingSeen;
    learning: Learning = nobodyLearns;
    /** Until when each uuid may learn at most, in virtual milliseconds. */
    readonly promised = new Map<string, number>();
    /** No document was made of an earlier look than that. */
    readonly lookedAt = new WeakMap<DesiredState, number>();
    readonly owners = new Map<QubeName, Uuid>();
    readonly entries: Kept[] = [];
    /** Rule files that were set aside, by no name any more. */
    setAside = 0;
    readonly told = new Map<QubeName, readonly QubeName[]>();
    readonly visited = new Map<QubeName, Visited>();
    /** Called after each change below /etc. */
    onChange: () => void = () => undefined;

    private readonly scheduler: Scheduler;
    private readonly qubesd: Qubesd;
    private readonly qubes: Qubes;
    private readonly proxyvms: ReadonlyMap<string, ProxyVm>;
    private readonly contents = new Map<QubeName, KnownFile['content']>();
    /** The times of all rules that a qube ever had. */
    private readonly times = new Map<QubeName, readonly number[]>();
    /** When each of them is over, whatever clocks say: virtual milliseconds. */
    private readonly endOfTime = new Map<number, number>();
    private readonly locks = new Map<string, Mutex>();
    private readonly lockedAt = new Map<string, number>();
    private issues = 0;

    constructor(
        scheduler: Scheduler,
        qubesd: Qubesd,
        qubes: Qubes,
        proxyvms: ReadonlyMap<string, ProxyVm>,
    ) {
        this.scheduler = scheduler;
        this.qubesd = qubesd;
        this.qubes = qubes;
        this.proxyvms = proxyvms;
    }

    /** As an editor saves a file. */
    writeRules(name: QubeName, text: string): void {
        const content = contentOf(name, text);
        this.contents.set(name, content);
        const rules = content.ok ? content.value.rules : [];
        const times = rules.flatMap(({ expire }) => expire ?? []);
        this.times.set(name, [...(this.times.get(name) ?? []), ...times]);
        this.onChange();
    }

    /**
     * By when, in virtual milliseconds, all rules with a time are over that a
     * qube ever had, and a minute: a clock may be corrected by as much.
     */
    lastEndOf(name: QubeName): number {
        const ends = (this.times.get(name) ?? []).map(
            (time) => this.endOfTime.get(time) ?? Number.POSITIVE_INFINITY,
        );
        return Math.max(0, ...ends) + 60_000;
    }

    /** As dom0 would have it now. */
    get moment(): Moment {
        const known = { files: this.files, shared: noSharedFiles };
        const ends = endsOf(expiriesIn(known), this.firstSeen, this.clocks);
        return momentOf({ ...this.clocks, ends }, this.learning, []);
    }

    get clocks(): Clocks {
        const { nowMs, skewMs } = this.scheduler;
        return {
            nowMs: noonMoment.nowMs + nowMs + skewMs,
            monotonicMs: nowMs,
            passed: this.passed,
            boot: bootOf(bootId),
        };
    }

    private writeLearning(learning: Learning): void {
        this.learning = learning;
        for (const { uuid, untilMs } of learning.qubes) {
            const before = this.promised.get(uuid) ?? 0;
            this.promised.set(uuid, Math.max(before, untilMs));
        }
        this.onChange();
    }

    /** All rule files as they are now. */
    get files(): RuleFiles {
        return new Map(
            [...this.contents].map(([name, content]) => [
                name,
                { content, owner: this.owners.get(name) ?? null },
            ]),
        );
    }

    /** As a program of ours reaches dom0. */
    depsOf(life: Life): CommandDeps {
        const read = <T>(what: string, value: () => T) =>
            this.scheduler.turn(life, `${life.name} reads ${what}`, value);
        const write = <T>(what: string, action: () => T) =>
            this.scheduler.turn(life, `${life.name} writes ${what}`, () => {
                if (this.isFull) {
                    throw new Failure(`cannot write ${what}: ENOSPC`);
                }
                return action();
            });
        return {
            inventory: this.inventoryOf(life),
            rules: {
                readAll: () =>
                    read('all rules', () => ({
                        files: this.files,
                        shared: noSharedFiles,
                        strays: [],
                        ignored: [],
                    })),
                read: (name) =>
                    read(`${name}.rules`, () => this.files.get(name) ?? noFile),
                readFile: () => Promise.reject(notAsked),
                writeFile: (path, text) => {
                    const name = qubeOfPath(path);
                    return name === null
                        ? Promise.reject(notAsked)
                        : write(`${name}.rules`, () =>
                              this.writeRules(name, text),
                          );
                },
                recordOwner: (name, owner) =>
                    write(`owners/${name}`, () => {
                        this.owners.set(name, owner);
                        this.onChange();
                    }),
                owners: () => read('owners', () => new Map(this.owners)),
                forgetOwner: (name) =>
                    write(`no owners/${name}`, () => {
                        this.owners.delete(name);
                        this.onChange();
                    }),
            },
            history: historyIn(this.entries, {
                read,
                write,
                paths: () => [...this.contents.keys()].map(ruleFilePath),
                current: (path) => this.textOf(path),
            }),
            removed: {
                list: () => Promise.reject(notAsked),
                read: () => Promise.reject(notAsked),
                delete: () => Promise.reject(notAsked),
                take: (name, uuid) =>
                    write(`${name}.rules elsewhere`, () => {
                        const isThere = this.contents.delete(name);
                        this.setAside += isThere ? 1 : 0;
                        this.onChange();
                        return isThere ? { name, uuid, date } : null;
                    }),
            },
            stopped: {
                read: () => read('who is stopped', () => ok(this.stopped)),
                write: (stopped) =>
                    write('who is stopped', () => {
                        this.stopped = stopped;
                        this.onChange();
                    }),
            },
            passed: {
                read: () => read('what has passed', () => ok(this.passed)),
                write: (until) =>
                    write('what has passed', () => {
                        if (until < this.passed) {
                            throw new Error('what has passed comes back');
                        }
                        this.passed = until;
                        this.onChange();
                    }),
            },
            firstSeen: {
                read: () => read('which times were seen', () => this.firstSeen),
                write: (seen) =>
                    write('which times were seen', () => {
                        this.firstSeen = seen;
                        for (const [time, bootedMs] of seen) {
                            this.endOfTime.set(time, time * 1000 - bootedMs);
                        }
                    }),
            },
            learning: {
                read: () => read('who learns', () => ok(this.learning)),
                write: (learning) =>
                    write('who learns', () => this.writeLearning(learning)),
            },
            learned: {
                read: () => read('what was learned', () => null),
                write: () => Promise.reject(notAsked),
            },
            // No rule there is counted.
            usage: {
                list: () => Promise.resolve([]),
                read: () => Promise.reject(notAsked),
                write: () => Promise.reject(notAsked),
                delete: () => Promise.reject(notAsked),
            },
            firewall: {
                read: () => Promise.reject(notAsked),
                change: () => Promise.reject(notAsked),
            },
            qubeSetup: {
                features: () => Promise.reject(notAsked),
                followsDefault: () => Promise.reject(notAsked),
                run: () => Promise.reject(notAsked),
            },
            askRequests: (proxyvm) =>
                read(`what was asked for in ${proxyvm}`, () =>
                    ok({ clients: [] }),
                ),
            followRequests: () => Promise.reject(notAsked),
            examine: () => Promise.reject(notAsked),
            sendProbe: () => Promise.reject(notAsked),
            readPolicy: () => Promise.reject(notAsked),
            callAgent: (proxyvm, _verb, document) => {
                const target = this.proxyvms.get(proxyvm);
                if (document !== null) {
                    const since = this.lockedAt.get(proxyvm) ?? 0;
                    this.lookedAt.set(document, since);
                }
                return target === undefined
                    ? read(`nothing: ${proxyvm} has no agent`, () =>
                          err(callFailure('no-agent', 'it has no agent')),
                      )
                    : target.call(life, document);
            },
            withLock: (name, action) => this.withLock(life, name, action),
            lockIfFree: (name) => this.lockIfFree(life, name),
            told: {
                read: () => read('what was told', () => new Map(this.told)),
                readAnyway: () =>
                    read('what was told', () => new Map(this.told)),
                write: (proxyvm, clients) =>
                    write(`what ${proxyvm} is told`, () => {
                        if (clients.length === 0) {
                            this.told.delete(proxyvm);
                        } else {
                            this.told.set(proxyvm, clients);
                        }
                    }),
            },
            visited: {
                read: (proxyvm) =>
                    read(`how the visit to ${proxyvm} ended`, () =>
                        this.visited.get(proxyvm),
                    ),
                write: (proxyvm, visited) =>
                    write(`how the visit to ${proxyvm} ended`, () => {
                        this.visited.set(proxyvm, visited);
                    }),
            },
            watching: {
                read: async () => [],
                write: async () => undefined,
            },
            starting: {
                read: () => read('who starts', () => this.starting),
                write: (starting) =>
                    write('who starts', () => {
                        this.starting = starting;
                    }),
            },
            daemon: {
                read: () => Promise.reject(notAsked),
                write: () => Promise.resolve(),
            },
            issue: () => {
                this.issues += 1;
                return Promise.resolve({ boot: bootId, counter: this.issues });
            },
            now: this.scheduler.clockOf(life).now,
            monotonicMs: () => this.scheduler.nowMs,
            user: () => 'user',
            pick: () => Promise.reject(notAsked),
            notify: () => Promise.reject(notAsked),
            loadOthersBelow: () => Promise.reject(notAsked),
            settleClient: () => Promise.reject(notAsked),
            editor: {
                isAtTerminal: () => false,
                draft: () => Promise.reject(notAsked),
                edit: () => Promise.reject(notAsked),
                ask: () => Promise.reject(notAsked),
            },
            progress: noProgress,
            trace: new Trace(),
        };
    }

    private textOf(path: string): Result<Buffer, FileProblem> {
        const name = qubeOfPath(path);
        const content = name && this.contents.get(name);
        return content && !content.ok
            ? err(wholeFile(path, 'has errors'))
            : ok(Buffer.from(content?.value.text ?? ''));
    }

    /** A listing is no picture: half of it is older than the rest. */
    private inventoryOf(life: Life): CommandDeps['inventory'] {
        const ask = <T>(text: string, value: () => T) =>
            this.scheduler.turn(life, `${life.name} ${text}`, () => {
                if (!this.qubesd.isUp) {
                    throw new Failure('Failed to connect to qubesd service');
                }
                return value();
            });
        return {
            all: async () => {
                this.tools += 1;
                const before = await ask('begins to list qubes', () =>
                    this.qubes.system(),
                );
                const after = await ask('lists the rest of the qubes', () =>
                    this.qubes.system(),
                );
                const half = [...before].slice(0, before.size / 2);
                const early = new Set(half.map(([name]) => name));
                const late = [...after].filter(([name]) => !early.has(name));
                return ask('has the list', () => new Map([...half, ...late]));
            },
            tagged: async () => new Map(),
            one: async (name) => {
                this.tools += 1;
                const qube = await ask(`asks for ${name}`, () =>
                    this.qubes.qube(name),
                );
                return ask(`has ${name}`, () => qube);
            },
        };
    }

    private async withLock<T>(
        life: Life,
        name: string,
        action: () => Promise<T>,
    ): Promise<T> {
        const mutex = this.mutexOf(name);
        if (!(await this.scheduler.acquire(life, mutex, lockPatienceMs))) {
            throw new Failure(`another of us has held the lock ${name}`);
        }
        this.lockedAt.set(name, this.scheduler.nowMs);
        try {
            return await action();
        } finally {
            mutex.holder = null;
        }
    }

    private async lockIfFree(life: Life, name: string) {
        const mutex = this.mutexOf(name);
        const text = `${life.name} tries the lock`;
        const isOurs = await this.scheduler.turn(life, text, () => {
            const isFree = mutex.isFree();
            if (isFree) {
                mutex.holder = life;
                this.lockedAt.set(name, this.scheduler.nowMs);
            }
            return isFree;
        });
        const release = async () => {
            mutex.holder = null;
        };
        return isOurs ? release : null;
    }

    private mutexOf(name: string): Mutex {
        const mutex = this.locks.get(name) ?? new Mutex();
        this.locks.set(name, mutex);
        return mutex;
    }
}

const parsed = new Map<string, KnownFile['content']>();

/** Texts are few, and each takes long to parse. */
function contentOf(name: QubeName, text: string): KnownFile['content'] {
    const key = `${name} ${text}`;
    const content = parsed.get(key) ?? parseRuleText(ruleFilePath(name), text);
    parsed.set(key, content);
    return content;
}
