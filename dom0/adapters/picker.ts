// The user at the terminal, with a list to choose from.
import { isCancel, multiselect } from '@clack/prompts';
import type { Pick } from '../pick.ts';

/** Printed to stderr, as every question is. */
export const terminalPick: Pick = async (question, choices) => {
    const picked = await multiselect({
        message: question,
        options: choices.map((choice, value) => ({ ...choice, value })),
        required: false,
        output: process.stderr,
    });
    return isCancel(picked) ? null : picked.sort((one, other) => one - other);
};
