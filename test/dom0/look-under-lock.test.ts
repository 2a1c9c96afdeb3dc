// A change of rules looks at all qubes once, where that is enough.
import { writeFile } from 'node:fs/promises';
import { beforeEach, expect, test } from 'vitest';
import type { Deps } from '../../dom0/deps.ts';
import { Failure } from '../../dom0/failure.ts';
import {
    lookUnderLock,
    type Seen,
    toldOf,
} from '../../dom0/look-under-lock.ts';
import { outdatedProxyvms } from '../../dom0/outdated.ts';
import { pathsUnder } from '../../dom0/paths.ts';
import { look, lookAtRules } from '../../dom0/view.ts';
import { visitAll } from '../../dom0/walk.ts';
import { runCommand } from '../../shared/io/run-command.ts';
import { type ObedientAgent, obedientAgent } from './fake-agent.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { nameOf } from './rules.ts';

const sysFilter = nameOf('sys-filter');

let filter: ObedientAgent;
let other: ObedientAgent;
let dom0: FakeDom0;

beforeEach(async () => {
    filter = obedientAgent();
    other = obedientAgent();
    dom0 = await fakeDom0({
        rules: { work: '^a\\.test$\n', banking: '^b\\.test$\n' },
        agents: { 'sys-filter': filter.agent, 'sys-filter2': other.agent },
        tools: { flock: runCommand },
    });
    await dom0.cli('update');
    dom0.commands.length = 0;
});

function looks(): number {
    return dom0.commands.filter((line) => line.startsWith('qvm-ls ')).length;
}

function moved(name: string, netvm: string): void {
    dom0.qubes = dom0.qubes.map((qube) =>
        qube.name === name ? { ...qube, netvm } : qube,
    );
}

function served({ applied }: ObedientAgent): string[] {
    return applied.at(-1)?.clients.map(({ name }) => name) ?? [];
}

/** A lock, as somebody else has it: what gives it back. */
async function taken(name: string): Promise<() => Promise<void>> {
    const release = await dom0.deps.lockIfFree(name);
    if (release === null) {
        throw new Error(`${name} is not free`);
    }
    return release;
}

async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}

/** What a command leaves of the ProxyVM's notes, and whether it is locked. */
async function left() {
    const release = await dom0.deps.lockIfFree(sysFilter);
    await release?.();
    return {
        notes: await dom0.deps.visited.read(sysFilter),
        isFree: release !== null,
    };
}

test.each([
    ['allow', 'work', 'c.test'],
    ['remove', 'work', '1'],
    ['default', 'work', 'allow', '--clear'],
])('%s of a served qube looks once', async (...words) => {
    expect((await dom0.cli(...words)).exitCode).toBe(0);
    expect(looks()).toBe(1);
    expect(filter.applied.length).toBe(2);
    expect(await left()).toMatchObject({
        notes: { problem: null },
        isFree: true,
    });
});

test.each([
    ['update', 1],
    ['update sys-filter', 1],
    ['update work', 1],
    ['learn work --for 1h', 1],
    ['stop work', 1],
    ['stop --all', 1],
    ['start work', 1],
    ['start --all', 1],
    ['start --all --exclude banking', 1],
    // What was open ends first, and is then served by what holds now.
    ['restart work', 2],
])('%s looks at all qubes as often as it has to: %i', async (line, times) => {
    expect((await dom0.cli(...line.split(' '))).err).toBe('');
    expect(looks()).toBe(times);
    expect(filter.applied.length).toBe(1 + times);
    expect(await left()).toMatchObject({
        notes: { problem: null },
        isFree: true,
    });
});

/** A dom0 with so many ProxyVMs, each with a client. */
function withProxyvms(count: number): Promise<FakeDom0> {
    const numbers = Array.from({ length: count }, (_, at) => 100 + at);
    const proxyvms = numbers.map((xid) => `filter${xid}`);
    const clients = numbers.map((xid, at) => ({
        name: `work${xid}`,
        xid: 100 + xid,
        netvm: proxyvms[at] ?? null,
        class: 'StandaloneVM',
        ip: `10.137.2.${xid}`,
        gateway: `10.137.1.${xid}`,
    }));
    return fakeDom0({
        qubes: [
            ...proxyvms.map((name, at) => ({
                name,
                xid: numbers[at] ?? 0,
                netvm: null,
                class: 'StandaloneVM',
                providesNetwork: true,
            })),
            ...clients,
        ],
        agents: Object.fromEntries(
            proxyvms.map((name) => [name, obedientAgent().agent]),
        ),
        rules: Object.fromEntries(
            clients.map(({ name }) => [name, 'c.test\n']),
        ),
    });
}

test.each([
    [8, 'kill-all', 1],
    [8, 'update', 1],
    [9, 'update', 2],
])(
    '%i ProxyVMs are told by %s with %i looks',
    async (count, command, times) => {
        dom0 = await withProxyvms(count);
        await dom0.cli('update');
        expect((await dom0.deps.told.read()).size).toBe(count);
        dom0.commands.length = 0;
        expect((await dom0.cli(command)).exitCode).toBe(0);
        expect(looks()).toBe(times);
    },
);

test('a qube that nobody was told to serve is looked at under the lock', async () => {
    moved('personal', 'sys-filter2');
    await dom0.cli('allow', 'personal', 'c.test');
    expect(looks()).toBe(2);
    expect(served(other)).toEqual(['personal']);
});

test('nobody waits for a lock before a wrong word is said', async () => {
    const release = await taken(sysFilter);
    const { err } = await dom0.cli('remove', 'work', '7');
    expect(err).toContain("work has no rule '7'");
    await release();
});

test('a ProxyVM that somebody else has locked is looked at later, again', async () => {
    const release = await taken(sysFilter);
    const allowing = dom0.cli('allow', 'work', 'c.test');
    await until(() => looks() > 0);
    // Under that lock something else changed.
    moved('banking', 'sys-firewall');
    await release();
    expect((await allowing).exitCode).toBe(0);
    expect(looks()).toBe(2);
    expect(served(filter)).toEqual(['work']);
});

test('a trial locks nothing', async () => {
    await dom0.cli('allow', 'work', 'c.test', '--dry-run');
    expect(dom0.commands.join('\n')).not.toContain('flock');
});

test.each([
    ['is refused', ['remove', 'work', '7']],
    ['is about no qube', ['allow', 'gone', 'c.test']],
    ['cannot be stored', ['deny', 'work', 'c.test']],
])('what %s leaves the notes as they were', async (_, words) => {
    await dom0.deps.told.write(sysFilter, ['work', 'gone'].map(nameOf));
    const before = await left();
    await dom0.cli(...words);
    expect(await left()).toEqual(before);
    expect(filter.applied.length).toBe(1);
});

/** Does something under the lock, for `work`. */
function underLock(deps: Deps, action: (seen: Seen) => Promise<void>) {
    const about = { expected: toldOf([nameOf('work')]), isTrial: false };
    return lookUnderLock(deps, about, action);
}

test('the look is younger than the lock', async () => {
    const deps: Deps = {
        ...dom0.deps,
        async lockIfFree(name) {
            const release = await dom0.deps.lockIfFree(name);
            moved('banking', 'sys-firewall');
            return release;
        },
    };
    await underLock(deps, async ({ view }) => {
        expect(view.system.get(nameOf('banking'))?.netvm).toBe('sys-firewall');
    });
});

test('who looks later does not go by the notes of before', async () => {
    moved('banking', 'sys-firewall');
    await underLock(dom0.deps, async () => {
        // All is again as those notes say, but not as was seen.
        moved('banking', 'sys-filter');
        const view = await look(dom0.deps);
        const told = await dom0.deps.told.read();
        expect(await outdatedProxyvms(dom0.deps, view, told)).toEqual([
            'sys-filter',
        ]);
    });
});

test('a qube that was moved is looked at again for where it is now', async () => {
    moved('work', 'sys-filter2');
    expect((await dom0.cli('allow', 'work', 'c.test')).exitCode).toBe(0);
    expect(looks()).toBe(2);
    expect(served(filter)).toEqual(['banking']);
    expect(served(other)).toEqual(['work']);
});

test('two that each need what the other has locked do not wait for ever', async () => {
    moved('banking', 'sys-filter2');
    await dom0.cli('update');
    moved('work', 'sys-filter2');
    moved('banking', 'sys-filter');
    const results = await Promise.all([
        dom0.cli('allow', 'work', 'c.test'),
        dom0.cli('allow', 'banking', 'c.test'),
    ]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(served(filter)).toEqual(['banking']);
    expect(served(other)).toEqual(['work']);
});

test('who waits for the rules keeps no ProxyVM locked meanwhile', async () => {
    const release = await taken('.rules');
    const allowing = dom0.cli('allow', 'work', 'c.test');
    await until(() => looks() > 0);
    await dom0.deps.withLock(sysFilter, async () => {
        expect((await dom0.deps.visited.read(sysFilter))?.problem).toBeNull();
    });
    await release();
    expect((await allowing).exitCode).toBe(0);
    expect(filter.applied.length).toBe(2);
});

test('the locked one is visited first, and released, however many hang', async () => {
    const hanging = Array.from({ length: 8 }, (_, at) => nameOf(`a${at}`));
    const called: string[] = [];
    const callAgent: Deps['callAgent'] = async (proxyvm, ...call) => {
        called.push(proxyvm);
        if (proxyvm !== sysFilter) {
            await until(() => called.includes(sysFilter));
            await dom0.deps.withLock(sysFilter, async () => undefined);
        }
        return dom0.deps.callAgent(proxyvm, ...call);
    };
    dom0.qubes = [
        ...dom0.qubes,
        ...hanging.map((name, at) => ({ name, xid: 100 + at })),
    ];
    const deps = { ...dom0.deps, callAgent };
    await underLock(deps, async (seen) => {
        await visitAll(deps, [...hanging, sysFilter], {}, seen);
    });
    expect(called.length).toBe(9);
});

test('what is wrong with a ProxyVM’s notes keeps no rule from being stored', async () => {
    const note = `${pathsUnder(dom0.root).run}/${sysFilter}.visited`;
    await writeFile(note, '{');
    const { err, exitCode } = await dom0.cli('allow', 'work', 'c.test');
    expect(exitCode).toBe(1);
    expect(err).toContain(`${sysFilter}.visited`);
    expect(await dom0.rules('work')).toContain('^c\\.test$');
    await dom0.deps.withLock(sysFilter, async () => undefined);
});

const broken = () => Promise.reject(new Failure('broken'));

test.each<[string, (deps: Deps) => Partial<Deps>]>([
    [
        'whom it was told to serve',
        ({ told }) => ({ told: { ...told, read: broken } }),
    ],
    ['the lock', () => ({ lockIfFree: broken })],
    ['the notes', ({ visited }) => ({ visited: { ...visited, read: broken } })],
])('without %s the look is not under the lock', async (_, change) => {
    const deps = { ...dom0.deps, ...change(dom0.deps) };
    await underLock(deps, async ({ locks }) => expect(locks.held).toEqual([]));
    await dom0.deps.withLock(sysFilter, async () => undefined);
});

test('notes that cannot be taken back hide nothing of what the command says', async () => {
    const { visited } = dom0.deps;
    let writes = 0;
    const write: typeof visited.write = (...note) => {
        writes += 1;
        return writes === 1 ? visited.write(...note) : broken();
    };
    const deps = { ...dom0.deps, visited: { ...visited, write } };
    const doing = underLock(deps, () => Promise.reject(new Error('first')));
    await expect(doing).rejects.toThrow('first');
    expect(writes).toBe(2);
    await dom0.deps.withLock(sysFilter, async () => undefined);
});

test('a ProxyVM that is not concerned is released before others are waited for', async () => {
    const release = await taken('sys-filter2');
    await underLock(dom0.deps, async (seen) => {
        const visiting = visitAll(dom0.deps, [nameOf('sys-filter2')], {}, seen);
        await dom0.deps.withLock(sysFilter, async () => undefined);
        await release();
        await visiting;
    });
});

test('a visit that fails before the walk gets to it is told by the walk', async () => {
    const others = Array.from({ length: 8 }, (_, at) => nameOf(`a${at}`));
    const releases = await Promise.all(others.map(taken));
    const issue = () => Promise.reject(new Error('no boot'));
    const deps = { ...dom0.deps, issue };
    await underLock(dom0.deps, async (seen) => {
        const visiting = visitAll(deps, [...others, sysFilter], {}, seen);
        const told = expect(visiting).rejects.toThrow('no boot');
        await dom0.deps.withLock(sysFilter, async () => undefined);
        await Promise.all(releases.map((release) => release()));
        await told;
    });
});

test('who starts is known as it was when all qubes were looked at', async () => {
    await dom0.deps.starting.write(new Map([[nameOf('vault'), 0]]));
    const deps = { ...dom0.deps, monotonicMs: () => 1 };
    const view = await look(deps);
    expect(view.serve.has(nameOf('vault'))).toBe(true);
    await dom0.deps.starting.write(new Map());
    expect((await lookAtRules(deps, view)).serve).toEqual(view.serve);
});

test('tags are asked for once, but for those that are new', async () => {
    const tagged = await fakeDom0({
        files: { 'tags/dev.rules': '^d\\.test$\n' },
        tags: { dev: ['work'] },
    });
    const view = await look(tagged.deps);
    const before = tagged.commands.length;
    await lookAtRules(tagged.deps, view);
    expect(tagged.commands.length).toBe(before);
    await writeFile(tagged.config('tags/new.rules'), '^n\\.test$\n');
    await lookAtRules(tagged.deps, view);
    expect(tagged.commands.length).toBeGreaterThan(before);
});
