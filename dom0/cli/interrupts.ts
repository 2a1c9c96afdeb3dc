// What an interrupt leaves while ProxyVMs are told: what is stored stays, and
// the daemon goes on.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Progress } from '../progress.ts';
import type { Streams } from './run.ts';

/** The same, and who interrupts the telling is told what that leaves. */
export function sayingInterrupts(
    progress: Progress,
    { err, beforeEnd }: Pick<Streams, 'err' | 'beforeEnd'>,
): Progress {
    return {
        begin(doing, proxyvms) {
            const done = progress.begin(doing, proxyvms);
            if (doing !== 'telling' || proxyvms.length === 0) {
                return done;
            }
            const waiting = new Set(proxyvms);
            const forget = beforeEnd(() => err(describe([...waiting])));
            return (proxyvm) => {
                done(proxyvm);
                waiting.delete(proxyvm);
                if (waiting.size === 0) {
                    forget();
                }
            };
        },
    };
}

/** On a line of its own, below `^C` and the progress. */
function describe(waiting: readonly QubeName[]): string {
    return (
        '\ninterrupted: what was stored stays stored, but it is not known yet ' +
        `whether it is in force in ${waiting.join(', ')}; qubes-filterproxyd ` +
        'goes on with that, to see it: qvm-filterproxy show\n'
    );
}
