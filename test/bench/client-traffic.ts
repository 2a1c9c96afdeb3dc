// Requests of one of the bench's clients: see size/traffic.c.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Attachment } from './documents.ts';
import { testbed } from './paths.ts';
import { compileTraffic } from './size/traffic.ts';

const program = '/tmp/traffic';
const [door, most] = [8100, 1_000_000];
const hour = 60 * 60 * 1000;

export interface Asking {
    readonly hosts: readonly string[];
    /** That all of them are answered with; 200 if left out. */
    readonly status?: 200 | 403;
    /** Where to; the client's own door if left out. */
    readonly address?: string;
    readonly port?: number;
    /** So many at a time; 4 if left out. */
    readonly connections?: number;
    /** What ends it, whatever comes first. */
    readonly count?: number;
    readonly milliseconds?: number;
}

/** Milliseconds. */
export interface Times {
    readonly median: number;
    readonly longest: number;
    readonly perSecond: number;
}

export class ClientTraffic {
    readonly #client: Attachment;

    private constructor(client: Attachment) {
        this.#client = client;
    }

    /** Brings its program into the client. */
    static async install(client: Attachment): Promise<ClientTraffic> {
        const directory = await mkdtemp(join(tmpdir(), 'bench-'));
        try {
            const compiled = join(directory, 'traffic');
            await compileTraffic(compiled);
            const script = `cat >${program} && chmod 755 ${program}`;
            const into = ['qube', client.name, 'sh', '-c', script];
            await execa(testbed, into, { input: await readFile(compiled) });
        } finally {
            await rm(directory, { recursive: true });
        }
        return new ClientTraffic(client);
    }

    async load({
        hosts,
        status = 200,
        address = this.#client.gateway,
        port = door,
        connections = 4,
        count = most,
        milliseconds = hour,
    }: Asking): Promise<Times> {
        const numbers = [port, status, count, milliseconds, connections];
        const { stdout } = await execa(
            testbed,
            [...this.#command('load'), address, ...numbers.map(String)],
            { input: hosts.map((host) => `${host}\n`).join('') },
        );
        const [median = 0, perSecond = 0, longest = 0] = stdout
            .split(' ')
            .map(Number);
        return { median: median / 1000, longest: longest / 1000, perSecond };
    }

    /** Ends the load that is under way, which returns then. */
    async enough(): Promise<void> {
        const args = ['qube', this.#client.name, 'pkill', '-x', 'traffic'];
        await execa(testbed, args);
    }

    /** Opens as many; what is returned tells at last how many were lost. */
    async tunnels(host: string, count: number): Promise<() => Promise<number>> {
        const { gateway } = this.#client;
        const numbers = [gateway, String(door), host, String(count)];
        const child = execa(testbed, [...this.#command('tunnels'), ...numbers]);
        await Promise.race([
            new Promise((resolve) => child.stdout.once('data', resolve)),
            child,
        ]);
        return async () => {
            child.stdin.end();
            const { stdout } = await child;
            return Number(stdout.split('\n')[1]);
        };
    }

    #command(verb: string): string[] {
        return ['qube', this.#client.name, program, verb];
    }
}
