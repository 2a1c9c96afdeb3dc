// Work of the daemon that is not to be done twice at a time.

/** Once more, with the newest, for all that is wanted meanwhile. */
export class Repeated<What = void> {
    private wanted: { readonly what: What } | null = null;
    private isRunning = false;

    private readonly action: (what: What) => Promise<void>;

    constructor(action: (what: What) => Promise<void>) {
        this.action = action;
    }

    want(what: What): void {
        this.wanted = { what };
        if (!this.isRunning) {
            this.isRunning = true;
            void this.actWhileWanted();
        }
    }

    private async actWhileWanted(): Promise<void> {
        while (this.wanted !== null) {
            const { what } = this.wanted;
            this.wanted = null;
            await this.action(what);
        }
        this.isRunning = false;
    }
}
