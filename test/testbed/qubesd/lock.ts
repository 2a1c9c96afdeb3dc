/** One action after the other, in the order they were asked for. */
export class Lock {
    private last: Promise<unknown> = Promise.resolve();

    run<T>(action: () => Promise<T>): Promise<T> {
        const result = this.last.then(action);
        // Whoever asked for an action hears of its failure; the next goes on.
        this.last = result.catch(() => undefined);
        return result;
    }
}
