// A qube's processes: a systemd booted by systemd-nspawn.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cgroup } from './cgroup.ts';
import { type Nspawn, spawnNspawn } from './nspawn.ts';
import { bed, consoles, vchan } from './paths.ts';
import { mountRoot, type RootOptions, unmountRoot } from './root.ts';
import { takesCalls } from './takes-calls.ts';

export interface ContainerOptions extends RootOptions {
    /** Distinguishes it from one of the same name that is just ending. */
    readonly xid: number;
    /** Directories of the testbed in it, as SOURCE:TARGET. */
    readonly binds: readonly string[];
}

const bootMs = 20_000;
const shutdownMs = 5_000;

export class Container {
    readonly #options: ContainerOptions;
    readonly #directory: string;
    readonly #vchan: string;
    readonly #cgroup: Cgroup;
    #nspawn: Nspawn | null = null;

    constructor(options: ContainerOptions) {
        this.#options = options;
        this.#directory = `${bed}/qubes/${options.name}`;
        this.#vchan = `${vchan}/${options.name}`;
        this.#cgroup = new Cgroup(options.name);
    }

    /** Where its qrexec agent listens. */
    get qrexecSocket(): string {
        return `${this.#vchan}/qrexec.sock`;
    }

    /** Boots it; returns when its qrexec agent listens. */
    async start(): Promise<void> {
        await mkdir(this.#vchan, { recursive: true });
        await this.#cgroup.make();
        const root = await mountRoot(this.#directory, this.#options);
        const { name, xid, binds } = this.#options;
        const log = `${consoles}/${name}.log`;
        const nspawn = spawnNspawn({
            name,
            xid,
            root,
            log,
            procs: this.#cgroup.procs,
            binds: [...binds, `${this.#vchan}:/run/vchan`],
        });
        this.#nspawn = nspawn;
        await this.#untilAnswers(nspawn, log);
        const leader = await childOf(nspawn.pid);
        await writeFile(`${this.#directory}/leader`, `${leader}\n`);
    }

    /** Ends it; returns when nothing of it is left. */
    async stop(how: 'shutdown' | 'kill'): Promise<void> {
        await rm(`${this.#directory}/leader`, { force: true });
        if (how === 'shutdown') {
            // systemd-nspawn makes an orderly halt of this.
            this.#nspawn?.kill('SIGTERM');
            await Promise.race([this.#nspawn, sleep(shutdownMs)]);
        }
        await this.#cgroup.end();
        await this.#nspawn;
        await unmountRoot(this.#directory);
        await rm(this.#vchan, { recursive: true });
    }

    async freeze(frozen: boolean): Promise<void> {
        await this.#cgroup.freeze(frozen);
    }

    async #untilAnswers(nspawn: Nspawn, log: string): Promise<void> {
        const deadline = Date.now() + bootMs;
        while (!(await takesCalls(this.qrexecSocket))) {
            if (nspawn.exitCode !== null) {
                throw new Error(
                    `its systemd ended at once: see ${log}; if that is ` +
                        'empty, perhaps fs.inotify.max_user_instances is used up',
                );
            }
            if (Date.now() > deadline) {
                throw new Error(`it did not boot within 20 s: see ${log}`);
            }
            await sleep(10);
        }
    }
}

/** systemd-nspawn has one child, the first process of the container. */
async function childOf(pid: number | undefined): Promise<number> {
    const file = `/proc/${pid}/task/${pid}/children`;
    return Number.parseInt(await readFile(file, 'utf8'), 10);
}
