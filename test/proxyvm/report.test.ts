import { describe, expect, test } from 'vitest';
import { isDoor } from '../../proxyvm/core/element.ts';
import { examinationOf } from '../../proxyvm/core/examination.ts';
import { plan } from '../../proxyvm/core/plan.ts';
import { portOf } from '../../proxyvm/core/proxy-uid.ts';
import type { Step } from '../../proxyvm/core/step.ts';
import { reportOf, statusOf } from '../../proxyvm/report.ts';
import { answer } from '../../shared/protocol/answer.ts';
import { protocolVersion } from '../../shared/protocol/desired-state.ts';
import { decode } from '../../shared/protocol/json.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { err } from '../../shared/result.ts';
import { manyClients } from './arbitraries.ts';
import { carryOut, emptyState } from './model.ts';

test('dom0 can read the answer about as many clients as there may be', () => {
    const clients = manyClients();
    let observed = emptyState;
    const steps: Step[] = [];
    for (const desired of [clients, []]) {
        const planned = plan(desired, observed);
        const before = observed;
        for (const step of planned.steps) {
            observed = carryOut(observed, step);
            steps.push(step);
        }
        const { assignments } = plan(desired, observed);
        const report = reportOf(null, {
            steps: planned.steps,
            before,
            observed,
            assignments,
        });
        const text = JSON.stringify({
            service: 'qubes.FilterProxy',
            version: protocolVersion,
            error: null,
            report,
        });
        const bytes = Buffer.from(text);
        expect(decode(answer, bytes, limits.answerBytes)).toEqual({
            ok: true,
            value: JSON.parse(text),
        });
        expect(report.clients.length).toBe(desired.length);
        // Without a document it says the same of them, by their proxies.
        expect(statusOf(null, observed).clients).toEqual(report.clients);
    }
    expect(steps.length).toBeGreaterThan(limits.clients);
});

test('without our rule in custom-input all are closed, and it says why', () => {
    const { steps } = plan(manyClients().slice(0, 2), emptyState);
    const observed = steps.reduce(
        (state, step) => carryOut(state, step),
        emptyState,
    );
    const { clients } = statusOf(null, observed);
    expect(clients.map(({ state }) => state)).toEqual(['served', 'served']);
    const inputRule = { ...observed.inputRule, ip: 'absent' } as const;
    expect(statusOf(null, { ...observed, inputRule }).clients).toEqual(
        clients.map((client) => ({
            ...client,
            state: 'closed',
            reason: 'our rule in custom-input of table ip qubes is gone',
            port: null,
            rules: 0,
        })),
    );
});

describe('a client whose door leads to the proxy of another one', () => {
    const [first, second] = servedClients();
    const elements = observed().elements.map((each) =>
        isDoor(each) && each.key.includes(first.address)
            ? { ...each, value: second.port }
            : each,
    );
    const misled = { ...observed(), elements };

    test('is closed, and whose proxy that is is said', () => {
        const { clients } = statusOf(null, misled);
        expect(clients.map(({ state }) => state)).toEqual(['closed', 'served']);
        expect(clients[0]).toMatchObject({
            name: first.name,
            port: null,
            reason: `its port 8100 leads to the proxy of ${second.name}, not to its own`,
        });
    });

    test.each([
        ['has no door of its own', misled],
        ['has none even if another one is', partlyMisled()],
    ])('%s', (_, state) => {
        const { proxies } = examinationOf('0.1.0', {
            observed: state,
            tinyproxy: err('none'),
            qubesFirewall: { isActive: true, ip: true, ip6: true },
            answering: new Set(),
        });
        expect(proxies.map(({ hasDoor }) => hasDoor)).toEqual([false, true]);
    });

    function partlyMisled() {
        const [door] = observed().elements.filter(
            (each) => isDoor(each) && each.key.includes(first.address),
        );
        const more = door === undefined ? [] : [{ ...door, set: 'starting4' }];
        return {
            ...misled,
            elements: [...misled.elements, ...more],
        } as typeof misled;
    }

    function observed() {
        const { steps } = plan(manyClients().slice(0, 2), emptyState);
        return steps.reduce((state, step) => carryOut(state, step), emptyState);
    }

    function servedClients() {
        const [one, other] = observed().proxies.map(({ uid, record }) => ({
            name: record?.name ?? '',
            address: record?.ip4?.client ?? '',
            port: portOf(uid),
        }));
        if (one === undefined || other === undefined) {
            throw new Error('there are fewer than two proxies');
        }
        return [one, other] as const;
    }
});
