import { expect, test } from 'vitest';
import {
    parseRefused,
    refusedSeconds,
} from '../../proxyvm/core/parse-refused.ts';

function setOf(expires: number): Buffer {
    const val = { concat: [60_707, '192.168.77.1', 80] };
    const counter = { packets: 2, bytes: 120 };
    const elem = [{ elem: { val, expires, counter } }];
    const set = {
        family: 'inet',
        table: 'qubes-filterproxy',
        name: 'refused4',
        elem,
    };
    return Buffer.from(JSON.stringify({ nftables: [{ set }] }));
}

test.each([
    [0, 0],
    [1, 0],
    [8, 7],
])('%i whole seconds are not longer ago than %i', (passed, lastAgo) => {
    const read = parseRefused(setOf(refusedSeconds - passed));
    expect(read.ok && read.value).toMatchObject([
        { uid: 60_707, address: '192.168.77.1', port: 80, count: 2, lastAgo },
    ]);
});
