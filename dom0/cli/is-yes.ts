/** Whether that is a yes; what is no answer is none. */
export function isYes(answer: string | null): boolean {
    return /^y(es)?$/i.test(answer?.trim() ?? '');
}
