// Requests of the bench's client through its door: see size/traffic.c.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Attachment } from './documents.ts';
import { testbed } from './paths.ts';
import { compileTraffic } from './size/traffic.ts';

const program = '/tmp/traffic';
const [port, most, threads] = [8100, 1_000_000, 4];

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

    /** Milliseconds for each request, of as many at a time as it makes. */
    async time(
        hosts: readonly string[],
        status: 200 | 403,
        milliseconds: number,
    ): Promise<number> {
        const stdout = await this.#load(hosts, status, most, milliseconds);
        return 1000 / Number(stdout.split(' ')[1]);
    }

    /** So many requests, `most` at most, however long they take. */
    async refuse(hosts: readonly string[], count: number): Promise<void> {
        await this.#load(hosts, 403, count, 60 * 60 * 1000);
    }

    async #load(
        hosts: readonly string[],
        status: 200 | 403,
        count: number,
        milliseconds: number,
    ): Promise<string> {
        const { name, gateway } = this.#client;
        const numbers = [port, status, count, milliseconds, threads];
        const load = [program, 'load', gateway, ...numbers.map(String)];
        const input = hosts.map((host) => `${host}\n`).join('');
        const { stdout } = await execa(testbed, ['qube', name, ...load], {
            input,
        });
        return stdout;
    }
}
