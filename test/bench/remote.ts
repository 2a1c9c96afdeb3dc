// A bundle of the bench's that runs in a qube and speaks in lines.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { bundle, testbed } from './paths.ts';

const running = new Set<Remote>();

export class Remote {
    readonly #where: string;
    readonly #process: ChildProcessByStdio<Writable, Readable, null>;
    readonly #lines: AsyncIterator<string>;

    /** In dom0 or in a running qube. */
    constructor(
        where: string,
        name: 'stopwatch' | 'load' | 'starts',
        ...args: (string | number)[]
    ) {
        const code = readFileSync(bundle(name), 'utf8');
        const node = ['node', '--input-type=module', '--eval', code, '--'];
        const way = where === 'dom0' ? ['dom0'] : ['qube', where];
        this.#where = `the ${name} in ${where}`;
        this.#process = spawn(testbed, [...way, ...node, ...args.map(String)], {
            stdio: ['pipe', 'pipe', 'inherit'],
        });
        // It may have ended already: reading its next line tells.
        this.#process.stdin.on('error', () => this.#process.stdin.destroy());
        const lines = createInterface({ input: this.#process.stdout });
        this.#lines = lines[Symbol.asyncIterator]();
        running.add(this);
        this.#process.once('exit', () => running.delete(this));
    }

    write(line: string): void {
        this.#process.stdin.write(`${line}\n`);
    }

    async read(): Promise<string> {
        const { done, value } = await this.#lines.next();
        if (done) {
            throw new Error(`${this.#where} has ended`);
        }
        return value;
    }

    /** Lets it end by itself. */
    end(): void {
        this.#process.stdin.end();
    }

    /** Whoever waits for an answer of one gets an error. */
    static killAll(): void {
        for (const remote of running) {
            remote.#process.kill();
        }
    }
}
