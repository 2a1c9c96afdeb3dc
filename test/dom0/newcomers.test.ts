// Which clients a ProxyVM tells of are worth another look of dom0.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Newcomers } from '../../dom0/core/requests/newcomers.ts';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Uuid } from '../../shared/domain/uuid.ts';

const liar = 'sys-filter' as QubeName;
const other = 'sys-firewall' as QubeName;
const uuid = (at: number) => `made-up-${at}` as Uuid;

/** When dom0 is looked at, if a new uuid is told of at those times. */
function looks(newcomers: Newcomers, times: readonly number[]): number[] {
    return times.filter((now, at) => {
        const isWorth = newcomers.areWorthALook(liar, [uuid(at)], now);
        if (isWorth) {
            newcomers.noteLook(liar, [uuid(at)], now);
        }
        return isWorth;
    });
}

const seconds = (count: number) =>
    Array.from({ length: count }, (_, at) => at * 1000);

describe('a client that dom0 does not know', () => {
    test('is looked for at once', () => {
        const newcomers = new Newcomers();
        expect(newcomers.areWorthALook(liar, [uuid(1)], 0)).toBe(true);
        expect(newcomers.areWorthALook(liar, [], 0)).toBe(false);
    });

    test('is looked for once, if it is not there', () => {
        const newcomers = new Newcomers();
        newcomers.noteLook(liar, [uuid(1), uuid(2)], 0);
        const later = 60_000;
        const tells = (...all: Uuid[]) =>
            newcomers.areWorthALook(liar, all, later);
        expect(tells(uuid(1))).toBe(false);
        expect(tells(uuid(2), uuid(1))).toBe(false);
        expect(tells(uuid(1), uuid(3))).toBe(true);
    });

    test('of a ProxyVM that makes them up is looked for ever more seldom', () => {
        expect(looks(new Newcomers(), seconds(200))).toEqual(
            [0, 2, 6, 14, 30, 62, 122, 182].map((at) => at * 1000),
        );
    });

    test('of another ProxyVM is looked for all the same', () => {
        const newcomers = new Newcomers();
        looks(newcomers, seconds(100));
        expect(newcomers.areWorthALook(other, [uuid(1)], 100_000)).toBe(true);
    });

    test('that was found ends the wait', () => {
        const newcomers = new Newcomers();
        looks(newcomers, seconds(31));
        newcomers.noteLook(liar, [], 31_000);
        expect(newcomers.areWorthALook(liar, [uuid(99)], 31_000)).toBe(true);
    });

    test('costs no more than so many looks, whatever is told when', () => {
        const gaps = fc.array(fc.integer({ min: 0, max: 5000 }), {
            maxLength: 400,
        });
        fc.assert(
            fc.property(gaps, (all) => {
                let now = 0;
                const times = all.map((gap) => {
                    now += gap;
                    return now;
                });
                const count = looks(new Newcomers(), times).length;
                expect(count).toBeLessThanOrEqual(6 + now / 60_000);
            }),
            { seed: 10 },
        );
    });

    test('is remembered among the newest only', () => {
        const newcomers = new Newcomers();
        const all = Array.from({ length: 1000 }, (_, at) => uuid(at));
        newcomers.noteLook(liar, all, 0);
        const worth = all.filter((each) =>
            newcomers.areWorthALook(liar, [each], 60_000),
        );
        expect(worth).toEqual(all.slice(0, 800));
    });
});
