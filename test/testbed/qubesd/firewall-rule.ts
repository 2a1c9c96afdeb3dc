// One firewall rule as the Admin API writes it, for example
// `action=accept proto=tcp dst4=192.0.2.0/24 dstports=80-80 comment=a b`
// (qubes-core-admin qubes/firewall.py).

import { isIPv4, isIPv6 } from 'node:net';
import type { FirewallRule } from '../world.ts';
import { UnexpectedError } from './errors.ts';

type Options = ReadonlyMap<string, string>;

/** As qubesd writes them back. */
const order = [
    'action',
    'expire',
    'dsthost',
    'proto',
    'specialtarget',
    'dstports',
    'icmptype',
    'comment',
];

/** qubesd answers a rule it does not take with an empty reply. */
export function parseFirewallRule(untrusted_line: string): FirewallRule {
    const options = splitOptions(untrusted_line);
    const proto = options.get('proto');
    requireThat(options.has('action'), 'missing action=');
    requireThat(
        !options.has('dstports') || proto === 'tcp' || proto === 'udp',
        "dstports valid only for 'tcp' and 'udp' protocols",
    );
    requireThat(
        !options.has('icmptype') || proto === 'icmp',
        "icmptype valid only for 'icmp' protocol",
    );
    return order
        .flatMap((key) => {
            const untrusted_value = options.get(key);
            return untrusted_value === undefined
                ? []
                : [parsers[key]?.(untrusted_value)];
        })
        .join(' ');
}

/** Seconds since 1970, infinite for a rule that stays. */
export function expiryOf(rule: FirewallRule): number {
    const expire = / expire=([0-9]+)/.exec(rule)?.[1];
    return expire === undefined ? Number.POSITIVE_INFINITY : Number(expire);
}

/** qubesd neither shows nor hands on such a rule. */
export function isExpired(rule: FirewallRule): boolean {
    return expiryOf(rule) < Date.now() / 1000;
}

/** A comment may hold blanks and comes last. */
function splitOptions(untrusted_line: string): Options {
    const [untrusted_options = '', ...untrusted_comment] =
        untrusted_line.split('comment=');
    const options = new Map<string, string>();
    for (const untrusted_option of untrusted_options.trim().split(' ')) {
        const [key, ...rest] = untrusted_option.split('=');
        const name = /^(dst4|dst6|dstname)$/.test(key ?? '')
            ? 'dsthost'
            : (key ?? '');
        requireThat(rest.length > 0, 'not enough values to unpack');
        requireThat(!options.has(name), `Option '${name}' already set`);
        requireThat(order.includes(name), 'Unknown firewall option');
        options.set(name, rest.join('='));
    }
    if (untrusted_comment.length > 0) {
        options.set('comment', untrusted_comment.join('comment='));
    }
    return options;
}

const parsers: Readonly<Record<string, (untrusted_value: string) => string>> = {
    action: choice('action', 'accept', 'drop'),
    proto: choice('proto', 'tcp', 'udp', 'icmp'),
    specialtarget: choice('specialtarget', 'dns'),
    dsthost: parseHost,
    dstports: parsePorts,
    icmptype: parseNumber('icmptype', 255),
    expire: parseNumber('expire', Number.MAX_SAFE_INTEGER),
    comment: parseComment,
};

function choice(key: string, ...allowed: readonly string[]) {
    return (untrusted_value: string): string => {
        requireThat(allowed.includes(untrusted_value), untrusted_value);
        return `${key}=${untrusted_value}`;
    };
}

function parseNumber(key: string, highest: number) {
    return (untrusted_value: string): string => {
        const number = Number(untrusted_value);
        requireThat(/^[0-9]+$/.test(untrusted_value), `bad ${key}`);
        requireThat(number <= highest, `${key} out of range`);
        return `${key}=${number}`;
    };
}

function parseHost(untrusted_value: string): string {
    const [host = '', length, ...rest] = untrusted_value.split('/');
    const [key, bits] = isIPv6(host)
        ? ['dst6', 128]
        : isIPv4(host)
          ? ['dst4', 32]
          : ['dsthost', 0];
    if (length === undefined) {
        requireThat(
            bits > 0 || /^[a-z0-9._-]*$/.test(host),
            'Invalid hostname',
        );
        return `${key}=${host}${bits > 0 ? `/${bits}` : ''}`;
    }
    requireThat(rest.length === 0, `Too many /: ${untrusted_value}`);
    requireThat(bits > 0, `Invalid IP address: ${host}`);
    requireThat(
        /^[0-9]+$/.test(length) && Number(length) <= bits,
        'bad prefix length',
    );
    return `${key}=${untrusted_value}`;
}

function parsePorts(untrusted_value: string): string {
    const match = /^([0-9]{1,5})(?:-([0-9]{1,5}))?$/.exec(untrusted_value);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    requireThat(from <= to && to < 65_536, 'Ports out of range');
    return `dstports=${from}-${to}`;
}

function parseComment(untrusted_value: string): string {
    requireThat(
        /^[a-zA-Z0-9:;,./_[\] -]*$/.test(untrusted_value),
        'strange characters comment',
    );
    return `comment=${untrusted_value}`;
}

function requireThat(condition: boolean, otherwise: string): void {
    if (!condition) {
        throw new UnexpectedError(otherwise);
    }
}
