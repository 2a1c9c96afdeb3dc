// Whom dom0 listens to, as ProxyVMs come.
import { expect, test } from 'vitest';
import { FollowedProxyvms } from '../../dom0/follow-requests.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { nameOf } from './rules.ts';

const names = ['one', 'two', 'three'].map(nameOf);
const nothing = {
    onRequests: () => undefined,
    onAway: () => undefined,
    onBack: () => undefined,
};

/** Follows until all are followed; whom, in order. */
async function followed(
    listen: (proxyvm: QubeName) => Promise<void>,
): Promise<QubeName[]> {
    const calls: QubeName[] = [];
    const over = new AbortController();
    const deps = {
        monotonicMs: () => performance.now(),
        async followRequests(
            proxyvm: QubeName,
            _: unknown,
            signal: AbortSignal,
        ) {
            calls.push(proxyvm);
            if (calls.length === names.length) {
                over.abort();
            }
            await listen(proxyvm);
            await new Promise((resolve) =>
                signal.aborted
                    ? resolve(null)
                    : signal.addEventListener('abort', resolve),
            );
            return null;
        },
    };
    let looks = 0;
    const proxyvms = async () => {
        looks += 1;
        return names.slice(0, looks);
    };
    const following = new FollowedProxyvms(5);
    await following.follow(deps, proxyvms, nothing, over.signal);
    expect(following.size).toBe(names.length);
    return calls;
}

test('those that come later are listened to, each once', async () => {
    expect(await followed(() => Promise.resolve())).toEqual(names);
});

test('our own mistake ends it', async () => {
    const failing = followed((proxyvm) =>
        proxyvm === 'two'
            ? Promise.reject(new Error('a mistake'))
            : Promise.resolve(),
    );
    await expect(failing).rejects.toThrow('a mistake');
});
