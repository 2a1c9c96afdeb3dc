// What the program look-ahead printed.
import { parseUuid } from '../../shared/domain/uuid.ts';

/** What programs that ended with 0 printed, by their command lines. */
export type Answers = ReadonlyMap<string, string>;

/** Null when it is not whole. No program knows the mark, so none forges it. */
export function parseAhead(untrusted_text: string): Answers | null {
    const [mark = ''] = untrusted_text.split('\n', 1);
    if (!parseUuid(mark).ok) {
        return null;
    }
    const parts = untrusted_text.slice(mark.length + 1).split(`\n${mark}\n`);
    if (parts.pop() !== 'end') {
        return null;
    }
    const answers = new Map<string, string>();
    for (let at = 0; at < parts.length; at += 3) {
        const [asked = '', said = '', code] = parts.slice(at, at + 3);
        if (code === '0') {
            answers.set(asked, said);
        }
    }
    return answers;
}
