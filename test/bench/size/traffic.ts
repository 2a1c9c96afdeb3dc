// Requests through the proxies: see traffic.c.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export interface Load {
    /** Microseconds. */
    readonly median: number;
    readonly perSecond: number;
}

export interface Asked {
    readonly port: number;
    readonly hosts: readonly string[];
    /** That each of them is answered with. */
    readonly status: 200 | 403;
    readonly threads: number;
}

/** A request ends here, at the longest. */
const most = 3000;
const milliseconds = 400;

// Seen from the bundle in dist/bench/.
const source = fileURLToPath(
    new URL('../../test/bench/size/traffic.c', import.meta.url),
);

export async function compileTraffic(program: string): Promise<void> {
    const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-pthread'];
    await execa('cc', [...flags, '-o', program, source]);
}

export class Traffic {
    readonly #program: string;
    #origin: ChildProcess | null = null;

    private constructor(program: string) {
        this.#program = program;
    }

    static async make(program: string): Promise<Traffic> {
        await compileTraffic(program);
        return new Traffic(program);
    }

    startOrigin(): void {
        const stdio = ['ignore', 'inherit', 'inherit'] as const;
        this.#origin = spawn(this.#program, ['origin', '80'], {
            stdio: [...stdio],
        });
    }

    stopOrigin(): void {
        this.#origin?.kill();
    }

    async load({ port, hosts, status, threads }: Asked): Promise<Load> {
        const numbers = [port, status, most, milliseconds, threads];
        const args = ['load', '127.0.0.1', ...numbers.map(String)];
        const input = hosts.map((host) => `${host}\n`).join('');
        const { stdout } = await execa(this.#program, args, { input });
        const [median = 0, perSecond = 0] = stdout.split(' ').map(Number);
        return { median, perSecond };
    }
}
