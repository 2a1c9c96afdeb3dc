// What a script in a client printed: of each file what became of it.
import { quoted } from '../../../shared/printable.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { knownPaths } from './script.ts';

const fileStates = [
    'written',
    'unchanged',
    'removed',
    /** Somebody else's file is there, so ours is not. */
    'foreign',
    'failed',
] as const;
export type FileState = (typeof fileStates)[number];

export interface FileOutcome {
    readonly path: string;
    readonly state: FileState;
}

/** Bytes; a script names each file once or twice. */
export const mostAnswerBytes = 16 * 1024;

/** Takes what it printed if it names our files and states only. */
export function readClientAnswer(
    untrusted_text: string,
): Result<readonly FileOutcome[], string> {
    const outcomes: FileOutcome[] = [];
    for (const untrusted_line of untrusted_text.split('\n')) {
        if (untrusted_line === '') {
            continue;
        }
        const [untrusted_state, untrusted_path, ...rest] =
            untrusted_line.split(' ');
        const state = fileStates.find((each) => each === untrusted_state);
        const isKnown =
            untrusted_path !== undefined && knownPaths.has(untrusted_path);
        if (state === undefined || !isKnown || rest.length > 0) {
            return err(quoted(untrusted_line, 100));
        }
        outcomes.push({ path: untrusted_path, state });
    }
    return ok(outcomes);
}
