// Rules are typed once; then qubes start, stop, move and change, and nobody
// types a command of ours: what each client reaches follows by itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gateway } from './agent.ts';
import { bed } from './bed.ts';
import {
    daemonDown,
    daemonUp,
    journalSince,
    leftToDo,
    now,
    reached,
    saveRules,
    untilReached,
    untilServed,
} from './daemon.ts';
import { answering } from './fetch.ts';
import { filterproxy } from './filterproxy.ts';

const [work, banking] = ['10.137.0.5', '10.137.0.6'];

beforeAll(async () => {
    await daemonUp();
    await filterproxy('allow', 'work', 'a.test');
    await filterproxy('allow', 'banking', 'b.test');
    await saveRules('personal', '^c\\.test$');
    await saveRules('work-dvm', '^c\\.test$');
});

afterAll(async () => {
    await prefs('work', 'netvm', 'sys-filter');
    await daemonDown();
});

async function prefs(qube: string, ...args: string[]): Promise<void> {
    await bed.must(['dom0', 'qvm-prefs', qube, ...args]);
}

describe.each(['stop', 'kill'] as const)('after a %s of a client', (end) => {
    test('nothing of it is served, and its start serves it again', async () => {
        await bed[end]('work');
        await untilServed('sys-filter', banking);
        await bed.start('work');
        await untilReached({ work: 'a.test', banking: 'b.test' });
    });
});

test('of a start that fails nothing stays', async () => {
    await bed.stop('work');
    await untilServed('sys-filter', banking);
    const since = now();
    // Where its qrexec would be: qubesd gives it up when it has booted.
    const link = '/run/qubes/qrexec.work';
    await bed.must(['dom0', 'ln', '-s', 'nowhere', link]);
    const start = await bed.run(['start', 'work']);
    expect(start.exitCode).toBe(1);
    await expect
        .poll(() => journalSince(since), { timeout: 15_000 })
        .toMatch(/work (did not start|has ended)/);
    await untilServed('sys-filter', banking);
    await bed.start('work');
    await untilReached({ work: 'a.test' });
});

test('a client that starts together with its netvm is served', async () => {
    await bed.kill('sys-filter');
    await bed.kill('work');
    await bed.start('work');
    await untilReached({ work: 'a.test', banking: 'b.test' });
});

test('a paused client keeps its proxy, and finds it when it goes on', async () => {
    await bed.pause('work');
    await bed.unpause('work');
    expect(await reached(['work'])).toEqual({ work: 'a.test' });
});

describe('a client that moves', () => {
    test('is served by its new netvm and by that alone', async () => {
        await prefs('work', 'netvm', 'sys-filter2');
        await untilReached({ work: 'a.test', banking: 'b.test' });
        await untilServed('sys-filter', banking);
        expect(await answering('work', [gateway])).toEqual([]);
    });

    test('to none is served by none', async () => {
        await prefs('work', 'netvm', '');
        await untilServed('sys-filter2');
        await untilReached({ work: 'nothing' });
        await prefs('work', 'netvm', 'sys-filter2');
        await untilReached({ work: 'a.test' });
    });

    test('while it is paused is served when it goes on', async () => {
        await bed.pause('work');
        await prefs('work', 'netvm', 'sys-filter');
        await untilServed('sys-filter2');
        await bed.unpause('work');
        await untilReached({ work: 'a.test' });
        await untilServed('sys-filter', work, banking);
    });

    test('with the default netvm, to it and with it', async () => {
        await bed.start('personal');
        await untilReached({ personal: 'nothing' });
        await bed.must(['dom0', 'qubes-prefs', 'default_netvm', 'sys-filter2']);
        await untilReached({ personal: 'c.test' });
        await prefs('work', '-D', 'netvm');
        await untilReached({ work: 'a.test', personal: 'c.test' });
        await bed.must([
            'dom0',
            'qubes-prefs',
            'default_netvm',
            'sys-firewall',
        ]);
        await untilServed('sys-filter2');
        await untilReached({ work: 'nothing', personal: 'nothing' });
        await prefs('work', 'netvm', 'sys-filter');
        await untilReached({ work: 'a.test', personal: 'nothing' });
        await bed.stop('personal');
    });
});

test('a new address is served once the interface has it, the old one until then', async () => {
    await prefs('work', 'ip', '10.137.0.55');
    await untilReached({ work: 'a.test', banking: 'b.test' });
    await untilServed('sys-filter', work, banking);
    // Plugs its interface anew, though nothing else changes.
    await prefs('work', 'netvm', 'sys-filter');
    await untilServed('sys-filter', '10.137.0.55', banking);
    await untilReached({ work: 'a.test', banking: 'b.test' });
    await prefs('work', '-D', 'ip');
    await bed.stop('work');
    await bed.start('work');
    await untilReached({ work: 'a.test' });
});

test('an address that two have is served to none of them', async () => {
    await prefs('work', 'ip', banking);
    await untilServed('sys-filter');
    await prefs('work', '-D', 'ip');
    await untilServed('sys-filter', work, banking);
    await untilReached({ banking: 'b.test' });
});

test('a disposable is served by the rules of its template', async () => {
    await bed.create('disp77', '--class', 'DispVM', '--netvm', 'sys-filter');
    await bed.start('disp77');
    await untilReached({ disp77: 'c.test' });
    // As a preloaded one is: it waits, paused, and is used later.
    await bed.pause('disp77');
    await bed.unpause('disp77');
    expect(await reached(['disp77'])).toEqual({ disp77: 'c.test' });
    await bed.kill('disp77');
    await bed.remove('disp77');
    await untilServed('sys-filter', work, banking);
});

describe('a qube that is new', () => {
    test('has nothing of the one whose address it gets', async () => {
        await bed.create('first', '--netvm', 'sys-filter');
        await saveRules('first', '^c\\.test$');
        await bed.start('first');
        await untilReached({ first: 'c.test' });
        await bed.kill('first');
        await bed.remove('first');
        await bed.create('second', '--netvm', 'sys-filter');
        await bed.start('second');
        await untilReached({ second: 'nothing', work: 'a.test' });
        await untilServed('sys-filter', work, banking);
    });

    test('gets nothing with a name, only with rules', async () => {
        await bed.create('first', '--netvm', 'sys-filter');
        await bed.start('first');
        await untilReached({ first: 'nothing' });
        await untilServed('sys-filter', work, banking);
        // It was heard that the earlier one was removed.
        const aside = await filterproxy('list', '--removed');
        expect(aside.stdout).toMatch(/^ *first +.* 1 rule/m);
        await filterproxy('restore', 'first');
        await untilReached({ first: 'c.test' });
        for (const qube of ['first', 'second']) {
            await bed.kill(qube);
            await bed.remove(qube);
        }
    });
});

test('a qube serves from when it provides network until it does not', async () => {
    await bed.create(
        'sys-new',
        '--netvm',
        'sys-firewall',
        '--provides-network',
    );
    await bed.start('sys-new');
    await prefs('work', 'netvm', 'sys-new');
    await untilReached({ work: 'a.test' });
    await prefs('work', 'netvm', 'sys-filter');
    await untilReached({ work: 'a.test' });
    await untilServed('sys-new');
    await prefs('sys-new', 'provides_network', 'False');
    await bed.kill('sys-new');
    await bed.remove('sys-new');
    await untilReached({ work: 'a.test', banking: 'b.test' });
});

test('what nothing follows from is not in the journal', async () => {
    await untilServed('sys-filter', work, banking);
    const since = now();
    await bed.dom0('qvm-tags', 'work', 'add', 'tried');
    await bed.dom0('qvm-tags', 'work', 'del', 'tried');
    await bed.dom0('qvm-features', 'work', 'tried', '1');
    await bed.dom0('qvm-features', '--unset', 'work', 'tried');
    await prefs('personal', 'netvm', 'sys-filter');
    await prefs('personal', '-D', 'netvm');
    expect(await journalSince(since)).not.toContain('sys-filter');
    await untilServed('sys-filter', work, banking);
});

test('in the end there is nothing left to do', async () => {
    expect(await leftToDo()).toEqual([]);
});
