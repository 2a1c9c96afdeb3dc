import type { Editor } from '../adapters/editor.ts';

/** Whether the user says yes to what is shown; no answer is a no. */
export async function agrees(
    editor: Pick<Editor, 'ask'>,
    shown: readonly string[],
    question: string,
): Promise<boolean> {
    const lines = [...shown, `${question} [y/N] `];
    const answer = await editor.ask(lines.join('\n'));
    return /^y(es)?$/i.test(answer?.trim() ?? '');
}
