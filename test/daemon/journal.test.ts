import { expect, test } from 'vitest';
import { callFailure } from '../../dom0/core/agent-answer.ts';
import type { Visit } from '../../dom0/core/situation.ts';
import { Journal } from '../../dom0/daemon/journal.ts';
import { err, ok } from '../../shared/result.ts';
import { nameOf, noonMoment, uuidFor } from '../dom0/rules.ts';

const circumstances = { because: ['work has started'], milliseconds: 312 };

function visited(steps: string[]): Visit {
    const report = {
        agent: '0.1.0',
        tinyproxy: '1.11.1',
        steps,
        clients: [],
        ended: [],
    };
    return { ...failed(''), result: ok(report) };
}

function failed(message: string): Visit {
    return {
        proxyvm: nameOf('sys-filter'),
        result: err(callFailure('unreachable', message)),
        furtherUp: null,
        told: null,
        document: null,
    };
}

function journal(): { journal: Journal; lines: string[] } {
    const lines: string[] = [];
    return { journal: new Journal((line) => lines.push(line)), lines };
}

test('a change is a line: where, why, what, how long', () => {
    const { journal: it, lines } = journal();
    it.visit(
        visited(['start the proxy of work', 'lead work to it']),
        circumstances,
    );
    expect(lines).toEqual([
        'sys-filter: work has started; start the proxy of work; lead work to it (0.31 s)',
    ]);
});

test('of many steps the first ones are named', () => {
    const { journal: it, lines } = journal();
    const steps = Array.from({ length: 9 }, (_, at) => `step ${at}`);
    it.visit(visited(steps), circumstances);
    expect(lines.join()).toMatch(/; step 5; and 3 more steps \(/);
});

test('an empty plan is no line', () => {
    const { journal: it, lines } = journal();
    it.visit(visited([]), circumstances);
    expect(lines).toEqual([]);
});

test('a failure is said once, and so is its end', () => {
    const { journal: it, lines } = journal();
    for (let times = 0; times < 3; times += 1) {
        it.visit(failed('it is paused'), circumstances);
    }
    it.visit(visited([]), circumstances);
    it.visit(visited([]), circumstances);
    expect(lines).toEqual([
        'sys-filter: it is paused (work has started, 0.31 s)',
        'sys-filter: up to date again (work has started, 0.31 s)',
    ]);
});

test('what an agent says is shown without its escape sequences', () => {
    const { journal: it, lines } = journal();
    it.visit(visited(['\x1b]0;evil\x07\n<0>panic']), circumstances);
    expect(lines.join()).not.toMatch(/[^\x20-\x7e]/);
});

test('a lost connection is said once, and so is the next one', () => {
    const { journal: it, lines } = journal();
    it.connection(null);
    it.connection('ECONNREFUSED');
    it.connection('ECONNREFUSED');
    it.connection(null);
    expect(lines).toEqual([
        'listening to qubesd',
        'qubesd is not heard: ECONNREFUSED; trying again each second',
        'listening to qubesd',
    ]);
});

test('what keeps it from looking is said once, and that it is over', () => {
    const { journal: it, lines } = journal();
    it.looking(null);
    it.looking('qvm-ls: no answer');
    it.looking('qvm-ls: no answer');
    it.looking(null);
    expect(lines).toEqual([
        'qvm-ls: no answer',
        'qubes and rules can be read again',
    ]);
});

test('who learns is said at its beginning and its end, and no more often', () => {
    const { journal: it, lines } = journal();
    const seen = (until: number | null) => {
        const learner = {
            name: nameOf('work'),
            since: '2026-11-24T12:00:00Z',
            by: 'user',
            until: until ?? 0,
        };
        const some =
            until === null ? [] : [[uuidFor('work'), learner] as const];
        it.learning({ ...noonMoment, learners: new Map(some) });
    };
    const noon = noonMoment.nowMs / 1000;
    for (const until of [null, noon + 60, noon + 60, noon + 90, null, null]) {
        seen(until);
    }
    expect(lines).toEqual([
        'work learns until 2026-11-24T12:01:00Z (by user): every host is let through',
        'work learns until 2026-11-24T12:01:30Z (by user): every host is let through',
        'work learns no more',
    ]);
});
