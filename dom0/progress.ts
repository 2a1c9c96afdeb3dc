import type { QubeName } from '../shared/domain/qube-name.ts';

/** Hears how a walk over ProxyVMs goes on. */
export interface Progress {
    /**
     * A walk begins, which is `doing` something, e.g. `telling`. What it
     * returns is called with each ProxyVM that is done.
     */
    begin(
        doing: string,
        proxyvms: readonly QubeName[],
    ): (proxyvm: QubeName) => void;
}

export const noProgress: Progress = { begin: () => () => undefined };
