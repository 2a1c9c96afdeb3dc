// What ends a command before it has come to its end.

/** ^C, the end of a session, and a closed terminal. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt {
    /**
     * From now on the first of `signals` does not end us, but this; a second
     * one does as ever.
     */
    readonly begin: () => AbortSignal;
    /**
     * Until what it returns is called, the first of `signals` ends us as ever,
     * but not before an action; not since begin().
     */
    readonly beforeEnd: (action: () => void) => () => void;
    /** Nobody reads what we print: no failure of ours. Throws other errors. */
    readonly onOutputError: (error: NodeJS.ErrnoException) => void;
    /** To be called when all is done. */
    readonly finish: () => void;
}

export function interruptOf(process: NodeJS.Process): Interrupt {
    const controller = new AbortController();
    let isTerminalGone = false;
    let isBegun = false;
    const end = (signal: NodeJS.Signals) => {
        isTerminalGone ||= signal === 'SIGHUP';
        for (const each of signals) {
            process.off(each, end);
        }
        controller.abort();
    };
    return {
        begin() {
            isBegun = true;
            for (const signal of signals) {
                process.on(signal, end);
            }
            return controller.signal;
        },
        beforeEnd(action) {
            const last = (signal: NodeJS.Signals) => {
                forget();
                action();
                process.kill(process.pid, signal);
            };
            const forget = () => {
                for (const each of signals) {
                    process.off(each, last);
                }
            };
            for (const each of isBegun ? [] : signals) {
                process.on(each, last);
            }
            return forget;
        },
        onOutputError(error) {
            const { code } = error;
            if (code !== 'EPIPE' && code !== 'EIO') {
                throw error;
            }
            isTerminalGone ||= code === 'EIO';
            controller.abort();
        },
        finish() {
            if (isTerminalGone) {
                // Node.js 20 aborts at an exit without its terminal (src/
                // node.cc, ResetStdio), so end as who minds no SIGHUP.
                end('SIGHUP');
                process.kill(process.pid, 'SIGHUP');
            }
        },
    };
}
