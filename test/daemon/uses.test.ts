// When the daemon asks ProxyVMs for their counters.
import { chmod, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WithLock } from '../../dom0/adapters/lock.ts';
import { reactTo } from '../../dom0/core/events/react.ts';
import { Journal } from '../../dom0/daemon/journal.ts';
import { Uses } from '../../dom0/daemon/uses.ts';
import { look } from '../../dom0/view.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { counted, countingAgent } from '../dom0/counting-agent.ts';
import { type FakeDom0Options, fakeDom0 } from '../dom0/fake-dom0.ts';
import { disposable, exampleWith } from '../dom0/fake-qubes.ts';
import { outcome } from '../dom0/outcome.ts';

const rules = { work: '!usage on\n^a\\.test$\n' };

function oneAtATime(): WithLock {
    const last = new Map<string, Promise<unknown>>();
    return (name, action) => {
        const before = last.get(name) ?? Promise.resolve();
        const done = before.then(action, action);
        last.set(name, done);
        return done;
    };
}

async function daemonWith(options: FakeDom0Options = {}) {
    const counting = countingAgent([counted('work', { 'a.test': 5 })]);
    const dom0 = await fakeDom0({
        rules,
        agents: { 'sys-filter': counting.agent },
        ...options,
    });
    // The flock there locks nothing.
    Object.assign(dom0.deps, { withLock: oneAtATime() });
    const lines: string[] = [];
    const uses = new Uses(dom0.deps, new Journal((line) => lines.push(line)));
    const saw = async () => uses.saw(await look(dom0.deps));
    const hear = (subject: string, name: string) => {
        const event = { untrusted_subject: subject, name };
        const heard = reactTo({ ...event, untrusted_args: new Map() });
        if (heard.beginsToEnd !== null) {
            uses.beginsToEnd(heard.beginsToEnd);
        }
        if (heard.hasEnded !== null) {
            uses.hasEnded(heard.hasEnded);
        }
    };
    /** So often, and no more. */
    const expectAsked = async (times: number) => {
        await expect.poll(() => counting.asked).toBe(times);
        await setTimeout(50);
        expect(counting.asked).toBe(times);
    };
    const countOf = async (file: string) => {
        const read = await dom0.deps.usage.read(file);
        const usage = read.ok ? read.value : null;
        return [...(usage?.rules.values() ?? [])].map(({ count }) => count);
    };
    return { dom0, counting, uses, lines, saw, hear, expectAsked, countOf };
}

describe('the daemon asks for counters', () => {
    test('at its first look, and after that when it is time or files changed', async () => {
        const { uses, saw, expectAsked, countOf, counting } =
            await daemonWith();
        await saw();
        await expectAsked(1);
        await expect.poll(() => countOf('qubes/work.rules')).toEqual([5]);
        counting.clients = [counted('work', { 'a.test': 6 })];
        await saw();
        await expectAsked(1);
        uses.mark();
        await saw();
        await expectAsked(2);
        await expect.poll(() => countOf('qubes/work.rules')).toEqual([6]);
    });

    test('of nobody, where no uses are counted', async () => {
        const { saw, dom0, expectAsked } = await daemonWith({
            rules: { work: '^a\\.test$\n' },
        });
        await saw();
        await expectAsked(0);
        expect(dom0.commands.filter((line) => /qrexec/.test(line))).toEqual([]);
    });

    test('when a ProxyVM begins to shut down, and for no qube that is not counted', async () => {
        const { saw, hear, expectAsked, countOf, counting } =
            await daemonWith();
        await saw();
        await expectAsked(1);
        counting.clients = [counted('work', { 'a.test': 9 })];
        hear('banking', 'domain-pre-shutdown');
        hear('vault', 'domain-shutdown');
        hear('sys-firewall', 'domain-pre-shutdown');
        hear('sys-filter', 'domain-start');
        await expectAsked(1);
        hear('sys-filter', 'domain-pre-shutdown');
        await expectAsked(2);
        await expect.poll(() => countOf('qubes/work.rules')).toEqual([9]);
    });

    test('when it does so after its clients, which run no more', async () => {
        const { dom0, uses, saw, hear, expectAsked } = await daemonWith();
        await saw();
        await expectAsked(1);
        dom0.qubes = exampleWith({ name: 'work', xid: -1 });
        await saw();
        hear('sys-filter', 'domain-pre-shutdown');
        await expectAsked(2);
        uses.mark();
        await saw();
        await expectAsked(3);
    });

    test.each([
        ['begins to shut down', 'domain-pre-shutdown'],
        ['has ended', 'domain-shutdown'],
    ])('when a qube %s', async (_, event) => {
        const { saw, hear, expectAsked, countOf, counting } =
            await daemonWith();
        await saw();
        await expectAsked(1);
        counting.clients = [counted('work', { 'a.test': 7 })];
        hear('work', event);
        await expectAsked(2);
        await expect.poll(() => countOf('qubes/work.rules')).toEqual([7]);
    });

    test('of a disposable that ended, which is removed at once', async () => {
        const counting = countingAgent();
        const { dom0, saw, hear, countOf } = await daemonWith({
            qubes: exampleWith(disposable),
            rules: { 'work-dvm': '!usage on\n^a\\.test$\n' },
            agents: { 'sys-filter': counting.agent },
        });
        await saw();
        await expect.poll(() => counting.asked).toBe(1);
        counting.clients = [counted('disp12', { 'a.test': 3 })];
        hear('disp12', 'domain-shutdown');
        dom0.qubes = exampleWith();
        await saw();
        await expect.poll(() => countOf('qubes/work-dvm.rules')).toEqual([3]);
    });
});

describe('a ProxyVM that hangs', () => {
    async function daemonWithHanging() {
        const daemon = await daemonWith({
            rules: { ...rules, personal: '!usage on\n^p\\.test$\n' },
        });
        const { deps } = daemon.dom0;
        const { askRequests } = deps;
        const hanging: string[] = [];
        let end = () => {};
        const ended = new Promise<void>((resolve) => {
            end = resolve;
        });
        Object.assign(deps, {
            askRequests: async (proxyvm: QubeName, seconds: number | null) => {
                if (proxyvm === 'sys-firewall') {
                    hanging.push(proxyvm);
                    await ended;
                }
                return askRequests(proxyvm, seconds);
            },
        });
        await daemon.saw();
        await expect.poll(() => hanging).toHaveLength(1);
        await daemon.expectAsked(1);
        // Its part is over before the files go.
        onTestFinished(async () => {
            end();
            await expect.poll(() => daemon.lines).toHaveLength(1);
            await setTimeout(100);
        });
        return { ...daemon, hanging, end };
    }

    test('keeps nothing from being counted of another one', async () => {
        const { countOf } = await daemonWithHanging();
        await expect.poll(() => countOf('qubes/work.rules')).toEqual([5]);
    });

    test('keeps no other one waiting that is about to shut down', async () => {
        const { hear, counting, countOf } = await daemonWithHanging();
        counting.clients = [counted('work', { 'a.test': 9 })];
        hear('sys-firewall', 'domain-pre-shutdown');
        hear('sys-filter', 'domain-pre-shutdown');
        await expect.poll(() => countOf('qubes/work.rules')).toEqual([9]);
    });

    test('keeps nobody waiting who asks for or forgets uses of others', async () => {
        const { dom0, countOf, hanging } = await daemonWithHanging();
        const listed = await dom0.cli('list', 'work', '--usage');
        expect(listed).toMatchObject({ exitCode: 0, err: '' });
        expect(listed.out).toContain('5 times');
        const forgot = await dom0.cli('list', 'work', '--usage', '--forget');
        expect(forgot).toMatchObject({ exitCode: 0, err: '' });
        expect(await countOf('qubes/work.rules')).toEqual([]);
        expect(hanging).toHaveLength(1);
    });

    test('loses no sums of a file that came while it was asked', async () => {
        const { dom0, countOf, counting, lines, end } =
            await daemonWithHanging();
        await expect.poll(() => countOf('qubes/work.rules')).toEqual([5]);
        const path = dom0.config('qubes/work.rules');
        await writeFile(path, `${rules.work}^b\\.test$\n`);
        await dom0.cli('list', 'work', '--usage');
        counting.clients = [counted('work', { 'a.test': 5, 'b.test': 2 })];
        await dom0.cli('list', 'work', '--usage');
        expect(await countOf('qubes/work.rules')).toEqual([5, 2]);
        end();
        await expect.poll(() => lines).toHaveLength(1);
        expect(await countOf('qubes/work.rules')).toEqual([5, 2]);
    });
});

describe('what keeps it from counting', () => {
    test('is in the journal once, and that it is over', async () => {
        const { uses, saw, expectAsked, counting, lines } = await daemonWith();
        counting.answer = outcome({ exitCode: 126 });
        await saw();
        await expectAsked(1);
        uses.mark();
        await saw();
        await expectAsked(2);
        counting.answer = null;
        uses.mark();
        await saw();
        await expectAsked(3);
        await expect
            .poll(() => lines)
            .toEqual([
                expect.stringMatching(
                    /^uses of rules are not counted: sys-filter: /,
                ),
                'uses of rules are counted again',
            ]);
    });

    test('is no news when a ProxyVM that goes is gone already', async () => {
        const { saw, hear, expectAsked, counting, lines } = await daemonWith();
        await saw();
        await expectAsked(1);
        counting.answer = outcome({ exitCode: 125 });
        hear('sys-filter', 'domain-pre-shutdown');
        await expectAsked(2);
        expect(lines).toEqual([]);
    });

    test('as a directory that others may write, ends nothing of the daemon', async () => {
        const { dom0, uses, lines, countOf } = await daemonWith();
        const view = await look(dom0.deps);
        await chmod(dom0.config('usage'), 0o777);
        uses.saw(view);
        await expect.poll(() => lines).toHaveLength(1);
        await chmod(dom0.config('usage'), 0o770);
        uses.mark();
        uses.saw(view);
        await expect.poll(() => countOf('qubes/work.rules')).toEqual([5]);
    });
});
