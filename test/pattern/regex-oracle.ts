// Asks the C library: see regex-oracle.c.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../shared/io/run-command.ts';

export interface MatchQuestion {
    readonly pattern: string;
    readonly subjects: readonly string[];
}

export type Verdicts = boolean[] | 'slow' | null;

export interface RegexOracle {
    /**
     * For each question, null when regcomp refuses it, 'slow' when that or a
     * match takes too much time or memory, else the verdicts.
     */
    match(questions: readonly MatchQuestion[]): Promise<Verdicts[]>;
    /** Which strings inet_aton takes for an IPv4 address. */
    addresses(subjects: readonly string[]): Promise<boolean[]>;
    remove(): Promise<void>;
}

/** Compiles the oracle. Strings are sent as bytes, one per character. */
export async function buildRegexOracle(): Promise<RegexOracle> {
    const directory = await mkdtemp(join(tmpdir(), 'regex-oracle-'));
    const program = join(directory, 'regex-oracle');
    await compile(program);
    const ask = async (lines: readonly string[]): Promise<string[]> => {
        const input = lines.map((line) => `${line}\n`).join('');
        const answers = (await run(program, input)).split('\n');
        answers.pop();
        if (answers.length !== lines.length) {
            throw new Error('the oracle did not answer every question');
        }
        return answers;
    };
    return {
        async match(questions) {
            const answers = await ask(
                questions.map(({ pattern, subjects }) =>
                    ['match', ...[pattern, ...subjects].map(toHex)].join('\t'),
                ),
            );
            return answers.map(readVerdicts);
        },
        async addresses(subjects) {
            const question = ['address', ...subjects.map(toHex)].join('\t');
            const [answer = ''] = await ask([question]);
            return toBooleans(answer);
        },
        remove: () => rm(directory, { recursive: true }),
    };
}

const timeoutMs = 200_000;

const source = fileURLToPath(new URL('regex-oracle.c', import.meta.url));

async function compile(program: string): Promise<void> {
    const flags = ['-O2', '-Wall', '-Wextra', '-Werror'];
    const outcome = await runCommand('cc', [...flags, '-o', program, source]);
    if (outcome.exitCode !== 0) {
        throw new Error(
            'the C compiler "cc" is missing or failed; this test needs it ' +
                "and the C library's headers (Debian: gcc, libc6-dev). " +
                outcome.stderr.toString('latin1'),
        );
    }
}

async function run(program: string, input: string): Promise<string> {
    const outcome = await runCommand(program, [], { input, timeoutMs });
    if (outcome.exitCode !== 0) {
        throw new Error(
            outcome.timedOut
                ? `the oracle had no answer within ${timeoutMs} ms`
                : `the oracle failed: ${outcome.stderr.toString('latin1')}`,
        );
    }
    return outcome.stdout.toString('latin1');
}

function readVerdicts(answer: string): Verdicts {
    return answer === 'error'
        ? null
        : answer === 'slow'
          ? 'slow'
          : toBooleans(answer);
}

function toHex(text: string): string {
    return Buffer.from(text, 'latin1').toString('hex');
}

function toBooleans(digits: string): boolean[] {
    return [...digits].map((digit) => digit === '1');
}
