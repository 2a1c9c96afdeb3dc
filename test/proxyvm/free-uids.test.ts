import { describe, expect, test } from 'vitest';
import { freeUids } from '../../proxyvm/core/free-uids.ts';
import type { ObservedState } from '../../proxyvm/core/observed-state.ts';
import { allProxyUids } from '../../proxyvm/core/proxy-uid.ts';
import { emptyState } from './model.ts';

const uids = allProxyUids();

function withGiven(count: number): ObservedState {
    return { ...emptyState, givenUids: uids.slice(0, count) };
}

describe('the user id of the next proxy', () => {
    test('is one that nobody has had, while few have been given back', () => {
        expect(freeUids(withGiven(0))[0]).toBe(uids[0]);
        expect(freeUids(withGiven(15))[0]).toBe(uids[15]);
    });

    test('is the longest unused after that, and all others come behind', () => {
        expect(freeUids(withGiven(16))).toEqual(uids);
        const [first, ...others] = uids.slice(0, 17);
        const givenUids = [...others, ...(first === undefined ? [] : [first])];
        const free = freeUids({ ...emptyState, givenUids });
        expect(free.slice(0, 18)).toEqual([...givenUids, uids[17]]);
    });

    test('is the spare’s before any other', () => {
        const spare = uids[40] ?? null;
        expect(freeUids({ ...withGiven(20), spare })[0]).toBe(spare);
    });
});
