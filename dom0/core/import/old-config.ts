// The template of the old guide, `/rw/config/tinyproxy/config`: a
// tinyproxy.conf for all clients. What it sets becomes directives of ours;
// what we do otherwise, or not at all, is said.
import { limits } from '../../../shared/protocol/limits.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { type FilterType, filterTypes } from './old-expression.ts';

export interface OldConfig {
    readonly filterType: FilterType;
    /** What becomes of a host that no pattern matches. */
    readonly default: 'allow' | 'deny';
    /** Lines of `proxies/QUBE.conf`. */
    readonly settings: readonly string[];
    /** Lines that have no place with us, and why. */
    readonly notes: readonly ConfigNote[];
}

export interface ConfigNote {
    /** Counted from 1. */
    readonly line: number;
    readonly untrusted_text: string;
    readonly message: string;
}

/** What a line comes to. */
type Meaning = Partial<Pick<OldConfig, 'filterType' | 'default'>> & {
    readonly setting?: string;
    readonly note?: string;
};

type Read = (untrusted_words: readonly string[]) => Meaning;

const ours: Read = () => ({});
const note =
    (text: string): Read =>
    () => ({ note: text });

/** Ports of CONNECT: gathered, as we have them in one directive. */
const connectPort = /^connectport\s+(\d{1,5})\s*$/i;

const known: Readonly<Record<string, Read>> = {
    // What the script or the distribution fills in.
    user: ours,
    group: ours,
    port: ours,
    listen: ours,
    bind: ours,
    pidfile: ours,
    logfile: ours,
    syslog: ours,
    allow: ours,
    filter: ours,
    defaulterrorfile: ours,
    disableviaheader: ours,
    viaproxyname: ours,
    startservers: ours,
    minspareservers: ours,
    maxspareservers: ours,
    maxrequestsperchild: ours,
    connectport: ours,
    filterextended: ([value]) =>
        isOn(value) ? { filterType: 'ere' } : { filterType: 'bre' },
    filtertype: ([value = '']) => {
        const type = filterTypes.find((each) => each === value.toLowerCase());
        return type === undefined
            ? { note: 'no such type' }
            : { filterType: type };
    },
    filterdefaultdeny: ([value]) => ({
        default: isOn(value) ? 'deny' : 'allow',
    }),
    timeout: readTimeout,
    maxclients: readMaxClients,
    upstream: readUpstream,
    filterurls: ([value]) =>
        isOn(value)
            ? {
                  note: 'patterns of whole URLs cannot be taken over: what is encrypted has none',
              }
            : {},
    filtercasesensitive: ([value]) =>
        isOn(value) ? { note: 'host names have no case: it is ignored' } : {},
    loglevel: note(
        'refusals are in the journal of the ProxyVM, and nothing else',
    ),
};

function isOn(value: string | undefined): boolean {
    return /^(yes|on)$/i.test(value ?? '');
}

/** 0 is tinyproxy's default, as it is ours. */
function readTimeout([value = '']: readonly string[]): Meaning {
    return value === '0' ? {} : { setting: `!timeout ${value}` };
}

function readMaxClients([value = '']: readonly string[]): Meaning {
    return Number(value) > limits.maxClients
        ? {
              note: `more than !max-clients ${limits.maxClients} is not possible`,
          }
        : { setting: `!max-clients ${value}` };
}

function readUpstream([
    kind = '',
    server = '',
    site = '',
]: readonly string[]): Meaning {
    const text = unquoted(server);
    switch (kind.toLowerCase()) {
        case 'none':
            return { setting: `!upstream none ${text}` };
        case 'http':
        case 'socks5': {
            const of = site === '' ? '' : ` ${unquoted(site)}`;
            return { setting: `!upstream ${kind.toLowerCase()} ${text}${of}` };
        }
        default:
            return { note: 'only http, socks5 and none are known here' };
    }
}

function unquoted(word: string): string {
    return word.replace(/^"(.*)"$/, '$1');
}

/** Reads the template. Its `{name}`s are what the old script filled in. */
export function parseOldConfig(
    untrusted_text: string,
): Result<OldConfig, string> {
    const settings: string[] = [];
    const notes: ConfigNote[] = [];
    const ports: string[] = [];
    let filterType: FilterType = 'bre';
    let byDefault: OldConfig['default'] = 'allow';
    for (const [index, untrusted_line] of untrusted_text
        .split(/\r?\n/)
        .entries()) {
        if (/[^\t\x20-\x7e]/.test(untrusted_line)) {
            return err(`line ${index + 1} is not plain text`);
        }
        const meaning = meaningOf(untrusted_line.trim());
        const port = connectPort.exec(untrusted_line.trim())?.[1];
        ports.push(...(port === undefined ? [] : [port]));
        filterType = meaning.filterType ?? filterType;
        byDefault = meaning.default ?? byDefault;
        settings.push(
            ...(meaning.setting === undefined ? [] : [meaning.setting]),
        );
        if (meaning.note !== undefined) {
            const line = index + 1;
            const untrusted_text = untrusted_line.trim();
            notes.push({ line, untrusted_text, message: meaning.note });
        }
    }
    const connect = ports.length === 0 ? [] : [connectDirective(ports)];
    return ok({
        filterType,
        default: byDefault,
        settings: [...connect, ...settings].filter(isNoDefault),
        notes: ports.length === 0 ? [...notes, everyPortNote] : notes,
    });
}

/** tinyproxy lets CONNECT through to every port if none is named. */
const everyPortNote: ConfigNote = {
    line: 0,
    untrusted_text: 'ConnectPort',
    message:
        'none is named, which lets tunnels through to every port: here port 443 only',
};

function connectDirective(ports: readonly string[]): string {
    return `!connect-port ${[...new Set(ports)].join(' ')}`;
}

/** What holds anyway has to be said by nobody. */
function isNoDefault(setting: string): boolean {
    return !['!timeout 600', '!connect-port 443'].includes(setting);
}

function meaningOf(line: string): Meaning {
    if (line === '' || line.startsWith('#')) {
        return {};
    }
    const [name = '', ...words] = line.split(/\s+/);
    const key = name.toLowerCase();
    return Object.hasOwn(known, key)
        ? (known[key]?.(words) ?? {})
        : { note: 'it has no place here' };
}
