// Commands that mend something, each with what for.
import type { QubeName } from '../../../shared/domain/qube-name.ts';

export function updateOf(proxyvm: QubeName): string {
    return `to bring it up to date: qvm-filterproxy update ${proxyvm}`;
}

/** Of a netvm whose clients stay as they are. */
export function restart(proxyvm: QubeName): string[] {
    return [
        `to start it anew: qvm-shutdown --force --wait ${proxyvm} && ` +
            `qvm-start ${proxyvm}`,
    ];
}
