import type { ProxyUid } from '../core/proxy-uid.ts';

/** Some proxies did not come up; the rest of the plan can do without. */
export class StartFailure extends Error {
    readonly uids: readonly ProxyUid[];

    constructor(uids: readonly ProxyUid[], reason: string) {
        super(reason);
        this.name = 'StartFailure';
        this.uids = uids;
    }
}
