// Whether one filter lets through nothing that another does not, against what
// they let through. On it hangs which connections end.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWithin } from '../../proxyvm/core/proxy-record.ts';
import {
    compileLines,
    findOddity,
    matches,
} from '../../shared/pattern/index.ts';
import type { Filter } from '../../shared/protocol/desired-state.ts';
import { filterOfHosts, filterOfLines, lineOfHost } from '../filters.ts';

const hosts = ['a.test', 'b.test', '93.184.1.1'];
const runs = { seed: 20_261, numRuns: 2_000 };

const filter: fc.Arbitrary<Filter> = fc
    .record({
        default: fc.constantFrom('deny' as const, 'allow' as const),
        listed: fc.subarray(hosts),
        httpPorts: fc.subarray([80, 8080]),
    })
    .map(({ listed, ...change }) => filterOfHosts(listed, change));

/** As tinyproxy decides, and the firewall about ports. */
function letsThrough(one: Filter, host: string, port: number): boolean {
    const isListed = one.lines.some((line) => matches(line, host));
    const isAllowed =
        one.default === 'deny'
            ? isListed
            : findOddity(host) === null && !isListed;
    return isAllowed && one.httpPorts.includes(port);
}

function reachOf(one: Filter): string[] {
    return [...hosts, 'c.test'].flatMap((host) =>
        [80, 8080].flatMap((port) =>
            letsThrough(one, host, port) ? [`${host}:${port}`] : [],
        ),
    );
}

test('what is within another filter lets through nothing more', () => {
    let within = 0;
    fc.assert(
        fc.property(filter, filter, (inner, outer) => {
            if (isWithin(inner, outer)) {
                within += 1;
                expect(reachOf(outer)).toEqual(
                    expect.arrayContaining(reachOf(inner)),
                );
            }
        }),
        runs,
    );
    expect(within).toBeGreaterThan(100);
});

test('a host more is within a block list, and around a list of hosts', () => {
    const few = ['a.test'];
    const many = ['a.test', 'b.test'];
    for (const isBlockList of [true, false]) {
        const change = { default: isBlockList ? 'allow' : 'deny' } as const;
        const [fewer, more] = [
            filterOfHosts(few, change),
            filterOfHosts(many, change),
        ];
        expect(isWithin(more, fewer)).toBe(isBlockList);
        expect(isWithin(fewer, more)).toBe(!isBlockList);
    }
});

test.each([[[]], [['a.test']]])(
    'a list of hosts and a block list of %j are not within each other',
    (listed) => {
        const allowed = filterOfHosts(listed);
        const blocked = filterOfHosts(listed, { default: 'allow' });
        expect(isWithin(allowed, blocked)).toBe(false);
        expect(isWithin(blocked, allowed)).toBe(false);
    },
);

test('a rule less of a packed block list ends nothing, a rule more does', () => {
    const all = Array.from({ length: 200 }, (_, n) => `h${n * 7}.ads.test`);
    const packed = (names: readonly string[]) =>
        filterOfLines(compileLines(names.map(lineOfHost)), {
            default: 'allow',
        });
    const full = packed(all);
    expect(full.lines.length).toBeLessThan(20);
    for (const name of all.slice(0, 40)) {
        const fewer = packed(all.filter((each) => each !== name));
        expect(isWithin(full, fewer)).toBe(true);
        expect(isWithin(fewer, full)).toBe(false);
    }
});
