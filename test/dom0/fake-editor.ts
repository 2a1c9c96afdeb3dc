// A user at a terminal, and what he saves.
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Editor, terminalEditor } from '../../dom0/adapters/editor.ts';
import { Failure } from '../../dom0/failure.ts';

export interface FakeEditor extends Editor {
    /** What the editor was opened with, in order. */
    readonly opened: string[];
    /** What was asked, in order. */
    readonly asked: string[];
    /** The file that was edited last, and its mode and its directory's. */
    path: string;
    modes: string;
    /** Whether the draft is still there. */
    isKept(): boolean;
}

/** What the user makes of a text; a failure is one of the editor. */
export type Saving = (text: string) => string | Failure | Promise<string>;

/** Saves one after the other, and gives one answer after the other. */
export function fakeEditor(
    savings: readonly Saving[],
    answers: readonly (string | null)[] = [],
): FakeEditor {
    const left = [...savings];
    const said = [...answers];
    const editor: FakeEditor = {
        opened: [],
        asked: [],
        path: '',
        modes: '',
        isKept: () => existsSync(editor.path),
        isAtTerminal: () => true,
        async draft(name, content) {
            const draft = await terminalEditor.draft(name, content);
            onTestFinished(() => draft.discard());
            return draft;
        },
        async edit(path) {
            const text = await readFile(path, 'utf8');
            const mode = async (of: string) =>
                ((await stat(of)).mode & 0o777).toString(8);
            editor.path = path;
            editor.modes = `${await mode(path)} ${await mode(dirname(path))}`;
            editor.opened.push(text);
            const saved = await left.shift()?.(text);
            if (saved === undefined || saved instanceof Failure) {
                throw saved ?? new Error('the editor was not expected');
            }
            await writeFile(path, saved);
        },
        async ask(question) {
            editor.asked.push(question);
            const answer = said.shift();
            if (answer === undefined) {
                throw new Error(`not expected: ${question}`);
            }
            return answer;
        },
    };
    return editor;
}
