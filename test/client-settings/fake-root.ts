// A root file system of a qube below a temporary directory, and the scripts
// run in it by the real shell. systemctl and dconf only note their calls.
import { execFileSync, spawnSync } from 'node:child_process';
import {
    chmodSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface ScriptOutcome {
    readonly exitCode: number | null;
    readonly out: readonly string[];
    readonly err: string;
}

export class FakeRoot {
    readonly path = mkdtempSync(join(tmpdir(), 'client-root-'));
    readonly #programs = mkdtempSync(join(tmpdir(), 'client-programs-'));

    constructor() {
        for (const directory of [this.path, this.#programs]) {
            onTestFinished(() => rmSync(directory, { recursive: true }));
        }
        for (const directory of ['etc', 'usr/lib', 'var/lib', 'rw/config']) {
            this.makeDirectory(directory);
        }
        writeFileSync(join(this.#programs, 'calls'), '');
        this.setProgram('systemctl', 'exit 0');
        this.setProgram('dconf', 'exit 0');
    }

    /** What a program does after its call was noted. */
    setProgram(name: string, body: string): void {
        const file = join(this.#programs, name);
        const note = `echo "${name} $*" >>'${this.#programs}/calls'`;
        writeFileSync(file, `#!/bin/sh\n${note}\n${body}\n`);
        chmodSync(file, 0o755);
    }

    calls(): string[] {
        const calls = readFileSync(join(this.#programs, 'calls'), 'utf8');
        writeFileSync(join(this.#programs, 'calls'), '');
        return calls.split('\n').filter((line) => line !== '');
    }

    makeDirectory(path: string): void {
        mkdirSync(join(this.path, path), { recursive: true });
    }

    write(path: string, text: string): void {
        this.makeDirectory(dirname(path));
        writeFileSync(join(this.path, path), text);
    }

    read(path: string): string {
        return readFileSync(join(this.path, path), 'utf8');
    }

    /** All in it: kind, mode, owner, path, target and content. */
    content(): string {
        const list =
            "find . -printf '%y %m %U %G %p %l\\n' | sort; " +
            'find . -type f | sort | xargs -r sha256sum';
        const options = { cwd: this.path, encoding: 'utf8' } as const;
        return execFileSync('sh', ['-c', list], options);
    }

    /** Runs a script as a qube's shell gets it, on stdin. */
    run(script: string, shell = 'bash'): ScriptOutcome {
        const here = script.replaceAll(
            /\nroot='[^']*'\n/g,
            `\nroot='${this.path}'\n`,
        );
        const { status, stdout, stderr } = spawnSync(shell, [], {
            input: here,
            encoding: 'utf8',
            env: { PATH: `${this.#programs}:${process.env['PATH']}` },
        });
        return {
            exitCode: status,
            out: stdout
                .replaceAll(this.path, '')
                .split('\n')
                .filter((line) => line !== ''),
            err: stderr,
        };
    }
}
