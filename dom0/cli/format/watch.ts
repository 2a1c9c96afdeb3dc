// What `watch` says after its screen.
import type { Visit } from '../../core/situation.ts';
import { watchSeconds } from '../../core/watching.ts';

/** ProxyVMs that could not be told that nobody watches any more. */
export function formatUnended(visits: readonly Visit[]): string[] {
    return visits.flatMap(({ proxyvm, result }) =>
        result.ok || result.error.kind === 'halted'
            ? []
            : [
                  `${proxyvm}: it goes on recording what is allowed for up to ` +
                      `${watchSeconds} seconds: ${result.error.message}`,
              ],
    );
}
