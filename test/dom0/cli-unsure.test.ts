// What is said of qubes when the ProxyVM that serves them cannot be told: their
// proxies may still run, whatever dom0 wants.
import { describe, expect, test } from 'vitest';
import { obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { outcome } from './outcome.ts';

const maybe =
    'sys-filter could not be told: it went away in the middle; what was in force there before may still be';

/** Locked, served by sys-filter, which then does not answer any more. */
async function lost() {
    const filter = obedientAgent();
    let isLost = false;
    const dom0 = await fakeDom0({
        rules: { work: '^a\\.test$\n', banking: '^b\\.test$\n' },
        agents: {
            'sys-filter': (...call) =>
                isLost ? outcome({ exitCode: 255 }) : filter.agent(...call),
        },
    });
    await dom0.cli('update');
    await dom0.cli('lock', 'work', 'banking');
    isLost = true;
    return dom0;
}

describe.each([
    [['stop', 'work'], `work: noted as stopped, but ${maybe}`],
    [['kill-all'], `banking, work: noted as stopped, but ${maybe}`],
    [['remove', 'work', '1'], `work: removed from its file, but ${maybe}`],
])('%j', (command, said) => {
    test('says that a qube may still be served, and not that it reaches nothing', async () => {
        const dom0 = await lost();
        const { exitCode, out, err } = await dom0.cli(...command);
        expect([exitCode, err.split('\n')[0]]).toEqual([1, said]);
        expect(out).not.toContain('nothing at all');
        expect(out + err).not.toContain('no proxy answers');
    });

    test('says so for programs, too, with the stop that is noted', async () => {
        const dom0 = await lost();
        const { out } = await dom0.cli(...command, '--json');
        const isStop = command[0] !== 'remove';
        expect(JSON.parse(out).qubes).toContainEqual({
            qube: 'work',
            state: 'unknown',
            message: maybe,
            stopped: isStop
                ? {
                      since: '2026-11-24T12:00:00Z',
                      by: 'user',
                      through: command[0] === 'stop' ? 'own' : 'all',
                  }
                : null,
            oldRules: false,
            learning: null,
        });
    });

    test('leaves show with nothing to say that is not known', async () => {
        const dom0 = await lost();
        await dom0.cli(...command);
        const { out } = await dom0.cli('show', 'work');
        const noted = command[0] === 'remove' ? '' : 'noted as stopped, but ';
        expect(out).toContain(
            'sys-filter: it went away in the middle\n' +
                `    work: ${noted}what is in force is not known, locked\n`,
        );
        expect(out).not.toContain('not served');
        expect(out).not.toContain('no proxy answers');
        expect(out).not.toContain('nothing at all');
    });
});

test('learning of a qube without rules is only noted as ended', async () => {
    const { agent } = obedientAgent();
    let isLost = false;
    const dom0 = await fakeDom0({
        agents: {
            'sys-filter': (...call) =>
                isLost ? outcome({ exitCode: 255 }) : agent(...call),
        },
    });
    await dom0.cli('learn', 'work', '--for', '30m');
    isLost = true;
    const { exitCode, out, err } = await dom0.cli('learn', 'work', '--stop');
    expect([exitCode, out.split('\n')[0]]).toEqual([
        1,
        'work: noted as learning no more',
    ]);
    expect(err).toContain(maybe);
});
