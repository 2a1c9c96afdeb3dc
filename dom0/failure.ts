/**
 * A failure that the user can do something about: its message says what is
 * wrong, where, and what to do. Anything else thrown is a bug.
 */
export class Failure extends Error {
    constructor(message: string) {
        super(message);
        this.name = 'Failure';
    }
}
