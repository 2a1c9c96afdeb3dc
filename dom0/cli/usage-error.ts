import { hintAt } from './meant-word.ts';

/** A command line that cannot be meant: shown with the usage, exit code 2. */
export class UsageError extends Error {
    constructor(message: string) {
        super(message);
        this.name = 'UsageError';
    }
}

/** No qube has that name; of the known ones the nearest is named. */
export class UnknownQubeError extends UsageError {
    readonly word: string;

    constructor(word: string, known: Iterable<string>) {
        super(`no such qube: '${word}'${hintAt(word, known)}`);
        this.name = 'UnknownQubeError';
        this.word = word;
    }
}
