import { expect, test } from 'vitest';
import { plan } from '../../proxyvm/core/plan.ts';
import type { Step } from '../../proxyvm/core/step.ts';
import { reportOf, statusOf } from '../../proxyvm/report.ts';
import { answer } from '../../shared/protocol/answer.ts';
import { protocolVersion } from '../../shared/protocol/desired-state.ts';
import { decode } from '../../shared/protocol/json.ts';
import { limits } from '../../shared/protocol/limits.ts';
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
