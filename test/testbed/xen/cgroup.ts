// One cgroup per qube: `machine` holds its systemd, `entered` what the
// testbed runs in it by hand. Both are paused and killed together.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './run.ts';

export class Cgroup {
    readonly #directory: string;

    constructor(name: string) {
        this.#directory = `/sys/fs/cgroup/qubes/${name}`;
    }

    /** Where a new process of the qube goes first. */
    get procs(): string {
        return `${this.#directory}/machine/cgroup.procs`;
    }

    async make(): Promise<void> {
        await mkdir(this.#directory);
        for (const controller of await this.#controllers()) {
            await this.#write('cgroup.subtree_control', `+${controller}`);
        }
        await mkdir(`${this.#directory}/machine`);
        await mkdir(`${this.#directory}/entered`);
    }

    async freeze(frozen: boolean): Promise<void> {
        await this.#write('cgroup.freeze', frozen ? '1' : '0');
        await this.#until(frozen ? 'frozen 1' : 'frozen 0');
    }

    /** Kills what is in it and removes it. */
    async end(): Promise<void> {
        await this.#write('cgroup.kill', '1');
        await this.#until('populated 0');
        await run('find', [
            this.#directory,
            '-depth',
            '-type',
            'd',
            '-exec',
            'rmdir',
            '{}',
            '+',
        ]);
    }

    async #controllers(): Promise<string[]> {
        const file = `${this.#directory}/cgroup.controllers`;
        const text = await readFile(file, 'utf8');
        return text.split(/\s+/).filter((word) => word !== '');
    }

    async #write(file: string, value: string): Promise<void> {
        await writeFile(`${this.#directory}/${file}`, value);
    }

    async #until(event: string): Promise<void> {
        const file = `${this.#directory}/cgroup.events`;
        while (!(await readFile(file, 'utf8')).split('\n').includes(event)) {
            await sleep(5);
        }
    }
}
