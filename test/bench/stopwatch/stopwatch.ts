// The bench's end of a stopwatch that runs inside a qube.
import { Remote } from '../remote.ts';
import type { Request, Timed } from './protocol.ts';

export type Program = Pick<Request, 'file' | 'args'> & Partial<Request>;

export class Stopwatch {
    readonly #where: string;
    readonly #remote: Remote;

    /** In dom0 or in a running qube. */
    constructor(where: string) {
        this.#where = where;
        this.#remote = new Remote(where, 'stopwatch');
    }

    /** Whatever its exit code; throws only if the qube is gone. */
    async time(program: Program): Promise<Timed> {
        const defaults = { env: {}, input: '', untilPort: null };
        const request: Request = { ...defaults, ...program };
        this.#remote.write(JSON.stringify(request));
        return JSON.parse(await this.#remote.read());
    }

    /** Throws unless it ends with 0. */
    async must(program: Program): Promise<Timed> {
        const timed = await this.time(program);
        if (timed.exitCode !== 0) {
            const { exitCode, stdout, stderr } = timed;
            const command = [program.file, ...program.args].join(' ');
            throw new Error(
                `in ${this.#where}: ${command.slice(0, 200)}: ` +
                    `exit ${exitCode}: ${stdout}${stderr}`,
            );
        }
        return timed;
    }

    /** Not timed: a shell script with arguments. Returns what it prints. */
    async sh(script: string, ...args: (string | number)[]): Promise<string> {
        const words = ['-euc', script, 'sh', ...args.map(String)];
        return (await this.must({ file: 'sh', args: words })).stdout;
    }
}
