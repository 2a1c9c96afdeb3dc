/** A command line that cannot be meant: shown with the usage, exit code 2. */
export class UsageError extends Error {
    constructor(message: string) {
        super(message);
        this.name = 'UsageError';
    }
}

/** No qube has that name. */
export class UnknownQubeError extends UsageError {
    readonly word: string;

    constructor(word: string) {
        super(`no such qube: '${word}'`);
        this.name = 'UnknownQubeError';
        this.word = word;
    }
}
