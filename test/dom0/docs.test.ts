import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CallFailure } from '../../dom0/core/agent-answer.ts';
import { parseRuleText } from '../../dom0/core/rule-file.ts';
import type { Situation } from '../../dom0/core/situation.ts';
import { formatProblems } from '../../dom0/words/problem.ts';

function documentText(name: string): string {
    return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

function codeBlocks(text: string): string[] {
    return [...text.matchAll(/^```\n(.*?)^```$/gms)].map(
        ([, code = '']) => code,
    );
}

describe('docs/rule-files.md', () => {
    const [good = '', bad = ''] = codeBlocks(documentText('rule-files.md'));

    test('has an example that is a rule file', () => {
        const file = parseRuleText('qubes/work.rules', good);
        expect(file.ok && file.value.rules.length).toBe(2);
    });

    test('shows an error as it is printed', () => {
        const line = bad.split('\n')[1]?.trim() ?? '';
        const file = parseRuleText('qubes/work.rules', `\n\n${line}\n`);
        expect(file.ok ? [] : formatProblems(file.error)).toEqual(
            bad.trimEnd().split('\n'),
        );
    });
});

describe('docs/json.md', () => {
    type Unserved = Extract<Situation, { kind: 'unserved' }>['why']['kind'];
    type State = Exclude<Situation['kind'], 'unserved'> | Unserved;
    // Typed as records, so that a new one fails to compile until it is here.
    const kinds: Record<CallFailure['kind'], true> = {
        halted: true,
        unreachable: true,
        refused: true,
        'not-allowed': true,
        'no-agent': true,
        'cut-off': true,
        'too-slow': true,
        'bad-answer': true,
        'too-old': true,
        'too-new': true,
        'agent-error': true,
        'not-called': true,
    };
    const states: Record<State, true> = {
        'in-force': true,
        'no-rules': true,
        held: true,
        outdated: true,
        closed: true,
        'no-agent': true,
        unknown: true,
        halted: true,
        'netvm-halted': true,
        'no-netvm': true,
        'no-address': true,
        'same-address': true,
        'too-many-clients': true,
        'foreign-file': true,
        'for-disposables': true,
        stopped: true,
    };

    test.each([...Object.keys(kinds), ...Object.keys(states)])(
        'explains %s',
        (word) => {
            expect(documentText('json.md')).toContain(`\`${word}\``);
        },
    );
});
