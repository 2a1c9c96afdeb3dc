import type { Brand } from '../brand.ts';
import { err, ok, type Result } from '../result.ts';

/** An IPv4 address, four decimal numbers. */
export type Ip4 = Brand<string, 'Ip4'>;

/** An IPv6 address as RFC 5952 writes it. */
export type Ip6 = Brand<string, 'Ip6'>;

/** Takes dotted decimal without leading zeros, and nothing else. */
export function parseIp4(untrusted_text: string): Result<Ip4, string> {
    const byte = '(0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])';
    return new RegExp(`^${byte}(\\.${byte}){3}$`).test(untrusted_text)
        ? ok(untrusted_text as Ip4)
        : err('not an IPv4 address');
}

/**
 * Takes any spelling of an IPv6 address without a zone, and returns it as
 * RFC 5952 writes it, but always in hexadecimal groups.
 */
export function parseIp6(untrusted_text: string): Result<Ip6, string> {
    const groups = ip6Groups(untrusted_text);
    return groups === null
        ? err('not an IPv6 address')
        : ok(formatIp6(groups) as Ip6);
}

function ip6Groups(untrusted_text: string): number[] | null {
    if (untrusted_text.length > 45) {
        return null;
    }
    const halves = withoutIp4(untrusted_text).split('::');
    const [left, right] = halves.map(hexGroups);
    if (halves.length > 2 || !left || right === null) {
        return null;
    }
    if (right === undefined) {
        return left.length === 8 ? left : null;
    }
    const zeros = 8 - left.length - right.length;
    return zeros < 1
        ? null
        : [...left, ...new Array<number>(zeros).fill(0), ...right];
}

/** The last two groups may be written as an IPv4 address. */
function withoutIp4(untrusted_text: string): string {
    const start = untrusted_text.lastIndexOf(':') + 1;
    const ip4 = parseIp4(untrusted_text.slice(start));
    if (!ip4.ok) {
        return untrusted_text;
    }
    const [a = 0, b = 0, c = 0, d = 0] = ip4.value.split('.').map(Number);
    const groups = [a * 256 + b, c * 256 + d];
    const hex = groups.map((group) => group.toString(16)).join(':');
    return untrusted_text.slice(0, start) + hex;
}

function hexGroups(untrusted_half: string): number[] | null {
    if (untrusted_half === '') {
        return [];
    }
    const words = untrusted_half.split(':');
    return words.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word))
        ? words.map((word) => Number.parseInt(word, 16))
        : null;
}

/** RFC 5952 4.2: the first longest run of two or more zeros becomes `::`. */
function formatIp6(groups: readonly number[]): string {
    let start = 0;
    let length = 1;
    for (let from = 0; from < 8; from += 1) {
        let to = from;
        while (groups[to] === 0) {
            to += 1;
        }
        if (to - from > length) {
            start = from;
            length = to - from;
        }
    }
    const hex = groups.map((group) => group.toString(16));
    return length < 2
        ? hex.join(':')
        : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}
