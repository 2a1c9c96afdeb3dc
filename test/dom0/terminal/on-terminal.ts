// A program at a terminal of its own, as test/dom0/terminal/program.ts builds it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Size } from '../../../dom0/screen.ts';
import { fakeDom0 } from '../fake-dom0.ts';

let program = '';
let directory = '';

/** Builds the program before the tests of a file, and removes it after them. */
export function withProgram(): void {
    beforeAll(async () => {
        directory = await mkdtemp(join(tmpdir(), 'terminal-'));
        program = join(directory, 'program.cjs');
        await build({
            entryPoints: [join(import.meta.dirname, 'program.ts')],
            outfile: program,
            bundle: true,
            platform: 'node',
            format: 'cjs',
            logLevel: 'warning',
            define: { PROGRAM_VERSION: '"0"' },
        });
    });
    afterAll(() => rm(directory, { recursive: true }));
}

/** A directory that goes with the tests. */
export function scratch(): string {
    return directory;
}

/**
 * What to wait for, and what to type then; null closes the terminal, a number is
 * a signal, a pair the columns and rows that it has from then on.
 */
export type Step = readonly [
    string,
    string | null | number | readonly [number, number],
];

export interface Seen {
    readonly printed: string;
    readonly exitCode: number;
    /** Its modes are what they were; null if it was closed. */
    readonly isRestored: boolean | null;
}

export function output(
    file: string,
    args: readonly string[],
    input: string,
): Promise<{ out: string; err: string }> {
    return new Promise((resolve) => {
        const child = execFile(file, args, (_error, out, err) =>
            resolve({ out, err }),
        );
        child.stdin?.end(input);
    });
}

export async function onTerminal(
    command: readonly string[],
    steps: readonly Step[],
    size: Size = { columns: 80, rows: 24 },
): Promise<Seen> {
    const helper = join(import.meta.dirname, 'on-terminal.py');
    const task = JSON.stringify({ command, steps, ...size });
    const { out, err } = await output('python3', [helper], task);
    return out === '' ? expect.unreachable(err) : JSON.parse(out);
}

export async function dom0WithWork() {
    const dom0 = await fakeDom0({ rules: { work: '^a\\.test$\n' } });
    const command = (...args: string[]) => [
        process.execPath,
        program,
        dom0.root,
        ...args,
    ];
    return { dom0, command };
}
