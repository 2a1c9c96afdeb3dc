// The end of a command that goes on until somebody ends it.

/** ^C, the end of a session, and a closed terminal. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt {
    /**
     * From now on the first of `signals` does not end us, but this; a second
     * one does as ever.
     */
    readonly begin: () => AbortSignal;
    /** Nobody reads what we print: no failure of ours. Throws other errors. */
    readonly onOutputError: (error: NodeJS.ErrnoException) => void;
    /** To be called when all is done. */
    readonly finish: () => void;
}

export function interruptOf(process: NodeJS.Process): Interrupt {
    const controller = new AbortController();
    let isTerminalGone = false;
    const end = (signal: NodeJS.Signals) => {
        isTerminalGone ||= signal === 'SIGHUP';
        for (const each of signals) {
            process.off(each, end);
        }
        controller.abort();
    };
    return {
        begin() {
            for (const signal of signals) {
                process.on(signal, end);
            }
            return controller.signal;
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
