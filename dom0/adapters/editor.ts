// The user at the terminal, with an editor.
import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { isErrno, isMissing } from '../../shared/io/errno.ts';
import { runOnTerminal } from '../../shared/io/run-command.ts';
import { Failure } from '../failure.ts';
import { asFailure } from './files.ts';

/** A text that the user is writing, in a file that only he can read. */
export interface Draft {
    readonly path: string;
    /** Null: no file is in its place any more. */
    read(): Promise<Buffer | null>;
    discard(): Promise<void>;
}

export interface Editor {
    /** Whether somebody is there to edit. */
    readonly isAtTerminal: () => boolean;
    /** `name` decides how editors show it. */
    readonly draft: (name: string, content: Uint8Array) => Promise<Draft>;
    /** Has a file edited; fails if the editor does. */
    readonly edit: (path: string) => Promise<void>;
    /** One line that the user types; null if nothing comes any more. */
    readonly ask: (question: string) => Promise<string | null>;
}

/** What is taken without $VISUAL and $EDITOR, the first that is there. */
const editors = ['vi', 'nano'];

export const terminalEditor: Editor = {
    isAtTerminal: () => process.stdin.isTTY && process.stderr.isTTY,
    draft,
    async edit(path) {
        const command = await editorCommand(process.env);
        // As git does it: the command may have options and quotes.
        const shell = ['-c', `${command} "$@"`, command, path];
        const ended = await runOnTerminal('sh', shell);
        if (ended !== 'done') {
            throw new Failure(`the editor, ${command}, failed: ${ended}`);
        }
    },
    ask,
};

/** The command of the user's editor. */
export async function editorCommand(
    env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
    const chosen = env['VISUAL'] || env['EDITOR'];
    if (chosen) {
        return chosen;
    }
    const directories = (env['PATH'] ?? '').split(delimiter);
    for (const editor of editors) {
        for (const directory of directories) {
            if (await isExecutable(join(directory, editor))) {
                return editor;
            }
        }
    }
    throw new Failure(
        `there is neither ${editors.join(' nor ')}; say in EDITOR what to ` +
            'edit with',
    );
}

async function isExecutable(path: string): Promise<boolean> {
    try {
        await access(path, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

async function draft(name: string, content: Uint8Array): Promise<Draft> {
    try {
        // Its mode is 0700.
        const directory = await mkdtemp(join(tmpdir(), 'qvm-filterproxy-'));
        const path = join(directory, name);
        await writeFile(path, content, { mode: 0o600, flag: 'wx' });
        return {
            path,
            read: () => readDraft(path),
            discard: () => rm(directory, { recursive: true, force: true }),
        };
    } catch (error) {
        throw asFailure(error, 'write a temporary file in', tmpdir());
    }
}

async function readDraft(path: string): Promise<Buffer | null> {
    try {
        return await readFile(path);
    } catch (error) {
        if (isMissing(error) || (isErrno(error) && error.code === 'EISDIR')) {
            return null;
        }
        throw asFailure(error, 'read', path);
    }
}

function ask(question: string): Promise<string | null> {
    const lines = createInterface({
        input: process.stdin,
        output: process.stderr,
    });
    return new Promise((resolve) => {
        lines.once('close', () => resolve(null));
        lines.once('SIGINT', () => lines.close());
        lines.question(question, (answer) => {
            resolve(answer);
            lines.close();
        });
    });
}
