// --timings: where the time of a command went.
import { describe, expect, test } from 'vitest';
import { limits } from '../../shared/protocol/limits.ts';
import { boundedTimings } from '../../shared/protocol/timings.ts';
import { type FakeAgent, obedientAgent } from './fake-agent.ts';
import { fakeDom0 } from './fake-dom0.ts';
import { outcome } from './outcome.ts';

function says(timings: unknown): FakeAgent {
    const { agent } = obedientAgent();
    return (verb, input) => {
        const answer = JSON.parse(String(agent(verb, input).stdout));
        return outcome({ stdout: JSON.stringify({ ...answer, timings }) });
    };
}

async function allow(agent: FakeAgent, ...options: string[]) {
    const dom0 = await fakeDom0({ agents: { 'sys-filter': agent } });
    return dom0.cli('allow', 'work', 'github.com', ...options);
}

const own = [{ what: 'nft -f -', began: 12, ended: 31 }];

describe('--timings', () => {
    test('tells each program, and those of the agent below its call', async () => {
        const { exitCode, err } = await allow(says(own), '--timings');
        expect(exitCode).toBe(0);
        const told = err.replace(/\d+ \.\. *\d+/g, 'N .. N');
        const lines = told.split('\n').map((line) => line.trimStart());
        expect(lines[0]).toBe('milliseconds since the start:');
        expect(lines[1]).toBe('N .. N  Node.js and the program start');
        expect(told).toContain('N .. N  qvm-ls --raw-data');
        expect(err).toMatch(
            /qrexec-client -d sys-filter .*\n {4} {4}12 \.\. {4}31 {2}nft -f -\n/,
        );
        expect(lines.slice(-2)).toEqual(['N .. N  all of it', '']);
    });

    test('is the same with an agent that says nothing of it', async () => {
        const { agent } = obedientAgent();
        const { exitCode, err } = await allow(agent, '--timings');
        expect(exitCode).toBe(0);
        expect(err).toContain('qrexec-client -d sys-filter');
    });

    test('changes nothing of what is printed, also where it fails', async () => {
        const plain = await allow(says(own));
        const timed = await allow(says(own), '--timings');
        expect(plain.err).toBe('');
        expect(timed.out).toBe(plain.out);
        const dom0 = await fakeDom0();
        const failed = await dom0.cli('allow', 'nobody', 'a.test', '--timings');
        expect(failed.exitCode).toBe(2);
        expect(failed.err).toMatch(/nobody.*milliseconds.*all of it\n$/s);
    });

    test('goes on over what a ProxyVM has made up', async () => {
        const odd = [{ what: '\u001b[2J\n\nall is well', began: 0, ended: 1 }];
        const { err } = await allow(says(odd), '--timings');
        expect(err).toContain('_[2J__all is well');
        expect(err).not.toContain('\u001b');
    });

    test.each([
        ['of a negative time', [{ what: 'x', began: -1, ended: 1 }]],
        ['without a name', [{ began: 0, ended: 1 }]],
        ['of too many', Array.from({ length: 101 }, () => own[0])],
        ['of another kind', 'x'],
    ])('an answer with timings %s cannot be read', async (_, timings) => {
        const { exitCode, out, err } = await allow(says(timings));
        expect(exitCode).toBe(1);
        expect(out + err).toContain(
            "its agent's answer cannot be read: timings",
        );
    });
});

describe('what an agent sends', () => {
    const many = Array.from({ length: 500 }, (_, nth) => ({
        what: `${nth} ${'x'.repeat(200)}`,
        began: nth + 0.6,
        ended: nth + 1.2,
    }));

    test('is bounded, and has the last of them', () => {
        const sent = boundedTimings(many);
        expect(sent).toHaveLength(limits.timings);
        expect(sent[0]).toEqual({
            what: `0 ${'x'.repeat(98)}`,
            began: 1,
            ended: 1,
        });
        expect(sent.at(-1)?.what).toMatch(/^499 /);
    });
});
