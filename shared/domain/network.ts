// Networks in CIDR notation, of both families.
import type { Brand } from '../brand.ts';
import { err, ok, type Result } from '../result.ts';
import { type Ip4, type Ip6, parseIp4, parseIp6 } from './address.ts';

/** `192.168.1.0/24`, `fd00::/8`, or a single address without a length. */
export type Network = Brand<string, 'Network'>;

interface Range {
    readonly bits: 32 | 128;
    readonly first: bigint;
    readonly length: number;
}

/**
 * Takes an address, or one with `/` and the number of bits that count; all
 * other bits must be zero. A single address loses its length, so that equal
 * networks are equal texts.
 */
export function parseNetwork(untrusted_text: string): Result<Network, string> {
    const [untrusted_address = '', untrusted_length, more] =
        untrusted_text.split('/');
    const address = parseAddress(untrusted_address);
    if (address === null || more !== undefined) {
        return err('neither an address nor a network as 192.168.1.0/24');
    }
    const { bits, value, text } = address;
    const length = parseLength(untrusted_length, bits);
    if (length === null) {
        return err(`after the "/" stands a number from 1 to ${bits}`);
    }
    const network = `${text}${length === bits ? '' : `/${length}`}` as Network;
    return value === firstOf(value, bits, length)
        ? ok(network)
        : err(`an address with a host part; is ${text} alone meant?`);
}

function parseAddress(untrusted_text: string) {
    const ip4 = parseIp4(untrusted_text);
    if (ip4.ok) {
        return {
            bits: 32,
            value: number4(ip4.value),
            text: ip4.value,
        } as const;
    }
    const ip6 = parseIp6(untrusted_text);
    return ip6.ok
        ? ({ bits: 128, value: number6(ip6.value), text: ip6.value } as const)
        : null;
}

function parseLength(
    untrusted_length: string | undefined,
    bits: number,
): number | null {
    if (untrusted_length === undefined) {
        return bits;
    }
    const isLength = /^[1-9][0-9]{0,2}$/.test(untrusted_length);
    return isLength && Number(untrusted_length) <= bits
        ? Number(untrusted_length)
        : null;
}

function firstOf(value: bigint, bits: number, length: number): bigint {
    const free = BigInt(bits - length);
    return (value >> free) << free;
}

function number4(ip4: string): bigint {
    return joined(ip4.split('.').map(BigInt), 8n);
}

function number6(ip6: string): bigint {
    const [left = '', right] = ip6.split('::');
    const groups = (half: string) =>
        half === '' ? [] : half.split(':').map((hex) => BigInt(`0x${hex}`));
    const [head, tail] = [groups(left), groups(right ?? '')];
    const zeros = new Array<bigint>(8 - head.length - tail.length).fill(0n);
    return joined([...head, ...zeros, ...tail], 16n);
}

function joined(parts: readonly bigint[], width: bigint): bigint {
    return parts.reduce((sum, part) => (sum << width) + part, 0n);
}

function rangeOf(network: Network | Ip4 | Ip6): Range {
    const [address = '', length] = network.split('/');
    const isIp6 = address.includes(':');
    const bits = isIp6 ? 128 : 32;
    const first = isIp6 ? number6(address) : number4(address);
    return { bits, first, length: length ? Number(length) : bits };
}

/** Whether each address of `inner` is in `outer`, too. */
export function isInNetwork(
    inner: Network | Ip4 | Ip6,
    outer: Network,
): boolean {
    const [a, b] = [rangeOf(inner), rangeOf(outer)];
    return (
        a.bits === b.bits &&
        a.length >= b.length &&
        firstOf(a.first, a.bits, b.length) === b.first
    );
}

/** Two networks are apart, or one is in the other. */
export function doNetworksOverlap(one: Network, other: Network): boolean {
    return isInNetwork(one, other) || isInNetwork(other, one);
}
