// Work with ProxyVMs, of which one that hangs keeps no other one waiting.
import type { QubeName } from '../../shared/domain/qube-name.ts';

/** One thing at a time for each ProxyVM. What comes meanwhile is merged. */
export class Queues<Work> {
    private readonly waiting = new Map<QubeName, Work>();
    private readonly busy = new Set<QubeName>();

    private readonly merge: (before: Work, added: Work) => Work;
    private readonly action: (proxyvm: QubeName, work: Work) => Promise<void>;

    constructor(
        merge: (before: Work, added: Work) => Work,
        action: (proxyvm: QubeName, work: Work) => Promise<void>,
    ) {
        this.merge = merge;
        this.action = action;
    }

    isBusy(proxyvm: QubeName): boolean {
        return this.busy.has(proxyvm);
    }

    add(proxyvm: QubeName, work: Work): void {
        const before = this.waiting.get(proxyvm);
        const all = before === undefined ? work : this.merge(before, work);
        this.waiting.set(proxyvm, all);
        if (!this.busy.has(proxyvm)) {
            this.busy.add(proxyvm);
            void this.workWhileWanted(proxyvm);
        }
    }

    private async workWhileWanted(proxyvm: QubeName): Promise<void> {
        // What is added in one go is done in one.
        await Promise.resolve();
        let work = this.waiting.get(proxyvm);
        while (work !== undefined) {
            this.waiting.delete(proxyvm);
            await this.action(proxyvm, work);
            work = this.waiting.get(proxyvm);
        }
        this.busy.delete(proxyvm);
    }
}
