// From a directive's name and arguments to a setting. Whatever is not
// understood is an error, and nothing of a user's text is kept as it is:
// numbers, addresses and names of ours only.
import { parsePrivateNetwork } from '../../../shared/domain/private-network.ts';
import { limits } from '../../../shared/protocol/limits.ts';
import { ok } from '../../../shared/result.ts';
import type { ConfigDirectoryName } from '../config-file.ts';
import type { Word } from '../words-of.ts';
import { parseUpstream } from './parse-upstream.ts';
import type { Setting, SettingName } from './setting.ts';
import {
    each,
    type Parsed,
    parseNumber,
    parsePort,
    parseWord,
    wrong,
} from './word.ts';

interface Directive<Name extends SettingName> {
    /** Its arguments, as the manual has them. */
    readonly usage: string;
    /** Where it may stand; without it as most of them. */
    readonly places?: readonly ConfigDirectoryName[];
    readonly parse: (
        words: readonly Word[],
    ) => Parsed<Extract<Setting, { name: Name }>>;
}

/** Every setting that there is, as it stands behind a `!`. */
export const settingDirectives: {
    readonly [Name in SettingName]: Directive<Name>;
} = {
    'connect-port': {
        usage: 'PORT ...',
        parse: (words) => named('connect-port', parsePorts(words)),
    },
    'http-port': {
        usage: 'PORT ... | none',
        parse: (words) =>
            named('http-port', isNone(words) ? ok([]) : parsePorts(words)),
    },
    upstream: {
        usage: 'http|socks5 ADDRESS:PORT [DOMAIN ...] | none [DOMAIN ...]',
        parse: parseUpstream,
    },
    timeout: {
        usage: 'SECONDS',
        parse: (words) => {
            const most = limits.timeoutSeconds;
            const seconds = parseOne(words, 'a time-out', [1, most]);
            return seconds.ok
                ? ok({ name: 'timeout', seconds: seconds.value })
                : seconds;
        },
    },
    'max-clients': {
        usage: 'NUMBER',
        parse: (words) => {
            const most = limits.maxClients;
            const clients = parseOne(words, 'the limit', [1, most]);
            return clients.ok
                ? ok({ name: 'max-clients', clients: clients.value })
                : clients;
        },
    },
    'log-level': { usage: 'notice | warning', parse: parseLogLevel },
    lan: { usage: 'NETWORK [PORT ...] | none', parse: parseLan },
    usage: {
        usage: 'on | off',
        places: ['qubes', 'tags', 'proxies'],
        parse: parseUsage,
    },
};

/** The setting that a directive of that name makes of its words. */
export function parseSetting(
    name: SettingName,
    words: readonly Word[],
): Parsed<Setting> {
    return settingDirectives[name].parse(words);
}

export const settingNames = Object.keys(settingDirectives);

export function isSettingName(
    untrusted_name: string,
): untrusted_name is SettingName {
    return Object.hasOwn(settingDirectives, untrusted_name);
}

function isNone(words: readonly Word[]): boolean {
    return words.length === 1 && words[0]?.untrusted_text === 'none';
}

function named<Name extends 'connect-port' | 'http-port'>(
    name: Name,
    ports: Parsed<number[]>,
) {
    return ports.ok ? ok({ name, ports: ports.value }) : ports;
}

/** At least one, and none of them twice. */
function parsePorts(words: readonly Word[]): Parsed<number[]> {
    if (words.length === 0) {
        return wrong(null, 'a port is missing');
    }
    if (words.length > limits.portsPerFilter) {
        const most = `at most ${limits.portsPerFilter} ports`;
        return wrong(words[limits.portsPerFilter] ?? null, most);
    }
    const ports = each(words, parsePort);
    if (!ports.ok) {
        return ports;
    }
    const again = ports.value.findIndex(
        (port, index) => ports.value.indexOf(port) !== index,
    );
    return again === -1
        ? ports
        : wrong(words[again] ?? null, 'this port stands here twice');
}

function parseOne(
    words: readonly Word[],
    what: string,
    bounds: readonly [number, number],
): Parsed<number> {
    const [word, more] = words;
    return word === undefined || more !== undefined
        ? wrong(more ?? null, 'exactly one number is needed')
        : parseNumber(word, what, bounds);
}

/** As tinyproxy calls them; its others would log what is asked for. */
const levels = { notice: 'refused', warning: 'nothing' } as const;

function parseLogLevel(
    words: readonly Word[],
): Parsed<Extract<Setting, { name: 'log-level' }>> {
    const [word, more] = words;
    const level = word?.untrusted_text ?? '';
    if (more !== undefined || !Object.hasOwn(levels, level)) {
        return wrong(
            more ?? word ?? null,
            'a log level is notice (refused hosts are logged) or warning ' +
                '(they are not)',
        );
    }
    const record = levels[level as keyof typeof levels];
    return ok({ name: 'log-level', record });
}

function parseUsage(
    words: readonly Word[],
): Parsed<Extract<Setting, { name: 'usage' }>> {
    const [word, more] = words;
    const text = word?.untrusted_text;
    return (text === 'on' || text === 'off') && more === undefined
        ? ok({ name: 'usage', isOn: text === 'on' })
        : wrong(more ?? word ?? null, 'on or off is expected');
}

function parseLan(
    words: readonly Word[],
): Parsed<Extract<Setting, { name: 'lan' }>> {
    const [word, ...more] = words;
    if (word === undefined) {
        return wrong(null, 'a network as 192.168.1.0/24, or none, is missing');
    }
    if (isNone(words)) {
        return ok({ name: 'lan', network: null, ports: [] });
    }
    const network = parseWord(word, parsePrivateNetwork);
    if (!network.ok) {
        return network;
    }
    const ports = more.length === 0 ? ok([]) : parsePorts(more);
    return ports.ok
        ? ok({ name: 'lan', network: network.value, ports: ports.value })
        : ports;
}
