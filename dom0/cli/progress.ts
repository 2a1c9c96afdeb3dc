// A walk over ProxyVMs that takes long is seen on the terminal, on one line
// that is written over and gone at the end.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Progress } from '../progress.ts';

export interface Terminal {
    readonly write: (text: string) => void;
    /** Runs an action later, unless what it returns is called before. */
    readonly after: (milliseconds: number, action: () => void) => () => void;
}

/** Milliseconds for which nobody wonders what is going on. */
const patience = 1000;

/** To the line's start, and all behind it erased (ECMA-48 EL). */
const eraseLine = '\r\x1b[K';

export function progressOn({ write, after }: Terminal): Progress {
    return {
        begin(doing, proxyvms) {
            const waiting = new Set(proxyvms);
            let isShown = false;
            const draw = () => {
                isShown = true;
                const line = describe(doing, waiting, proxyvms.length);
                write(`${eraseLine}${line}`);
            };
            const cancel =
                waiting.size === 0 ? () => undefined : after(patience, draw);
            return (proxyvm) => {
                waiting.delete(proxyvm);
                if (waiting.size === 0) {
                    cancel();
                    write(isShown ? eraseLine : '');
                } else if (isShown) {
                    draw();
                }
            };
        },
    };
}

/** `telling sys-filter2 (3 of 12)`: the one that is waited for longest. */
function describe(
    doing: string,
    waiting: ReadonlySet<QubeName>,
    total: number,
): string {
    const [longest] = waiting;
    const number = total - waiting.size + 1;
    const count = total === 1 ? '' : ` (${number} of ${total})`;
    return `${doing} ${longest}${count}`;
}
