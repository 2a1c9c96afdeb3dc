// What may stand on the trust lines, written down a second time and in other
// words: regular expressions and Node's own parsers, none of ours.
import { isIPv4, isIPv6 } from 'node:net';
import type { Value } from './read-json.ts';

export function demand(holds: boolean, what: string): asserts holds {
    if (!holds) {
        throw new Error(`accepted, and yet: ${what}`);
    }
}

export const name =
    /^(?!(?:Domain-0|dom0|none|default)$)(?!.*-dm$)[A-Za-z][A-Za-z0-9_.-]{0,30}$/;
export const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An IPv6 address as browsers write it: RFC 5952, groups in hexadecimal. */
export function canonicalIp6(text: string): string {
    demand(isIPv6(text) && !text.includes('%'), `IPv6 address ${text}`);
    return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

export function canonicalIp(text: string): string {
    return isIPv4(text) ? text : canonicalIp6(text);
}

/** Objects with exactly these keys, checked one by one. */
export type Check = (value: Value) => void;

export function object(checks: Readonly<Record<string, Check>>): Check {
    const keys = Object.keys(checks);
    return (value) => {
        demand(value instanceof Map, 'an object');
        demand(value.size === keys.length, 'a key too many, or too few');
        for (const key of keys) {
            const member = value.get(key);
            demand(member !== undefined, `the key ${key}`);
            checks[key]?.(member);
        }
    };
}

export function list(most: number, check: Check): Check {
    return (value) => {
        demand(Array.isArray(value) && value.length <= most, 'a list');
        value.forEach(check);
    };
}

export const anyText: Check = (value) =>
    demand(typeof value === 'string' && value.length <= 1000, 'a text');

export function text(pattern: RegExp): Check {
    return (value) =>
        demand(typeof value === 'string' && pattern.test(value), 'a text');
}

export function number(least: number, most: number): Check {
    return (value) =>
        demand(
            Number.isInteger(value) &&
                Number(value) >= least &&
                Number(value) <= most,
            `a number from ${least} to ${most}`,
        );
}

export function nullOr(check: Check): Check {
    return (value) => {
        if (value !== null) {
            check(value);
        }
    };
}

export function exactly(...values: readonly Value[]): Check {
    return (value) => demand(values.includes(value), 'one of a few values');
}

export const ip4: Check = (value) =>
    demand(typeof value === 'string' && isIPv4(value), 'an IPv4 address');
export const ip6: Check = (value) => {
    demand(typeof value === 'string', 'an IPv6 address');
    canonicalIp6(value);
};

/**
 * What a decoder gave, held against what the bytes say: the same, with
 * nothing dropped and nothing invented, but IPv6 addresses in one spelling.
 */
export function expectSame(given: unknown, said: Value): void {
    if (said instanceof Map) {
        demand(isRecord(given), 'an object');
        const keys = Object.keys(given);
        demand(keys.length === said.size, 'as many keys as in the bytes');
        for (const key of keys) {
            const member = said.get(key);
            demand(member !== undefined, `no key ${key} in the bytes`);
            expectSame(given[key], member);
        }
    } else if (Array.isArray(said)) {
        demand(
            Array.isArray(given) && given.length === said.length,
            'as many elements as in the bytes',
        );
        said.forEach((each, index) => {
            expectSame(given[index], each);
        });
    } else {
        demand(
            given === said || (isIp6(said) && given === canonicalIp6(said)),
            `${String(given)} is ${String(said)} in the bytes`,
        );
    }
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIp6(value: Value): value is string {
    return typeof value === 'string' && isIPv6(value);
}
