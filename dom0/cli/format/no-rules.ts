import { withDetails } from '../output.ts';

/** That nothing is filtered, and how to begin. */
export function formatNoRules(): string[] {
    return withDetails('no qube has rules', [
        'to put one behind a filter: qvm-filterproxy setup PROXYVM QUBE',
        'then to let it reach a host: qvm-filterproxy allow QUBE HOST',
    ]);
}
