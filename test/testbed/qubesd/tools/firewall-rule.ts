// A firewall rule as qvm-firewall keeps it (qubesadmin/firewall.py): one
// value per element, written in the client's own order.

import { isIPv4, isIPv6 } from 'node:net';
import { pythonRepr } from '../python.ts';
import { PythonError } from './tool.ts';

const elements = [
    'action',
    'proto',
    'dsthost',
    'dstports',
    'icmptype',
    'specialtarget',
    'expire',
    'comment',
] as const;

export type RuleElement = (typeof elements)[number];

export class Rule {
    private readonly values: ReadonlyMap<RuleElement, string>;

    /** Throws a Python ValueError, which ends the tool with a traceback. */
    constructor(given: ReadonlyMap<RuleElement, string>) {
        const values = new Map<RuleElement, string>();
        for (const element of elements) {
            const text = given.get(element);
            if (text !== undefined) {
                values.set(element, normalize[element](text, given));
            }
        }
        if (!values.has('action')) {
            throw valueError('missing action=');
        }
        this.values = values;
    }

    /** From a line of the Admin API; a comment comes last and has blanks. */
    static parse(line: string): Rule {
        const [options = '', ...comment] = line.split('comment=');
        const given = new Map<RuleElement, string>();
        for (const option of options.split(' ').filter(Boolean)) {
            const [key = '', ...value] = option.split('=');
            given.set(elementOf(key), value.join('='));
        }
        if (comment.length > 0) {
            given.set('comment', comment.join('comment='));
        }
        return new Rule(given);
    }

    /** As the Admin API and `--raw` write it. */
    toLine(): string {
        return [...this.values]
            .map(([element, value]) => `${keyOf(element, value)}=${value}`)
            .filter((text) => !/^dst[46]=[^/]*\/0$/.test(text))
            .map((text) => text.replace(/^(dstports=)([0-9]+)$/, '$1$2-$2'))
            .join(' ');
    }

    /** As the table shows it; `-` if the rule has none. */
    cell(element: RuleElement, now: number): string {
        const value = this.values.get(element) ?? '-';
        if (element !== 'expire' || value === '-') {
            return value;
        }
        const seconds = Math.round(Number(value) - now / 1000);
        return `${seconds < 0 ? '' : '+'}${seconds}s`;
    }
}

/** Null for a word that is no element of a rule. */
export function ruleElement(key: string): RuleElement | null {
    const name = key === 'dst4' || key === 'dst6' ? 'dsthost' : key;
    return elements.find((element) => element === name) ?? null;
}

function elementOf(key: string): RuleElement {
    const element = ruleElement(key);
    if (element === null) {
        throw valueError(`Unknown rule elements: ${key}`);
    }
    return element;
}

function keyOf(element: RuleElement, value: string): string {
    if (element !== 'dsthost') {
        return element;
    }
    const [host = ''] = value.split('/');
    return isIPv6(host) ? 'dst6' : isIPv4(host) ? 'dst4' : 'dsthost';
}

type Normalize = (
    text: string,
    given: ReadonlyMap<RuleElement, string>,
) => string;

const normalize: Readonly<Record<RuleElement, Normalize>> = {
    action: oneOf('accept', 'drop'),
    proto: oneOf('tcp', 'udp', 'icmp'),
    specialtarget: oneOf('dns'),
    dsthost: host,
    dstports: ports,
    icmptype: (text, given) => {
        requireThat(
            given.get('proto') === 'icmp',
            "icmptype valid only for 'icmp' protocol",
        );
        requireThat(integer(text) <= 255, 'ICMP type out of range');
        return text;
    },
    expire: (text) => {
        integer(text);
        return text;
    },
    comment: (text) => text,
};

function oneOf(...allowed: readonly string[]): Normalize {
    return (text) => {
        requireThat(allowed.includes(text), text);
        return text;
    };
}

function host(text: string): string {
    const [address = '', length, ...rest] = text.split('/');
    const bits = isIPv6(address) ? 128 : isIPv4(address) ? 32 : 0;
    requireThat(rest.length === 0, `Too many /: ${text}`);
    if (length === undefined) {
        requireThat(
            bits > 0 || /^[a-z0-9._-]*$/.test(text),
            'Invalid hostname',
        );
        return bits > 0 ? `${text}/${bits}` : text;
    }
    const prefix = integer(length);
    const family = bits === 128 ? 'IPv6' : 'IPv4';
    requireThat(bits > 0, `Invalid IP address: ${address}`);
    requireThat(prefix <= bits, `netmask for ${family} must be <= ${bits}`);
    return text;
}

function ports(text: string, given: ReadonlyMap<RuleElement, string>): string {
    requireThat(
        ['tcp', 'udp'].includes(given.get('proto') ?? ''),
        "dstports valid only for 'tcp' and 'udp' protocols",
    );
    const words = text.split('-');
    requireThat(words.length <= 2, text);
    const [from = 0, to = from] = words.map(integer);
    requireThat(from <= 65_536 && to <= 65_536, 'Ports out of range');
    requireThat(from <= to, 'Invalid port range');
    return from === to ? String(from) : `${from}-${to}`;
}

function integer(text: string): number {
    requireThat(
        /^[0-9]+$/.test(text),
        `invalid literal for int() with base 10: ${pythonRepr(text)}`,
    );
    return Number(text);
}

function requireThat(condition: boolean, otherwise: string): void {
    if (!condition) {
        throw valueError(otherwise);
    }
}

function valueError(message: string): PythonError {
    return new PythonError('ValueError', message);
}
