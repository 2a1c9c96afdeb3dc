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
    filterextended: ([untrusted_value]) =>
        isOn(untrusted_value) ? { filterType: 'ere' } : { filterType: 'bre' },
    filtertype: ([untrusted_value = '']) => {
        const untrusted_type = untrusted_value.toLowerCase();
        const type = filterTypes.find((each) => each === untrusted_type);
        return type === undefined
            ? { note: 'no such type' }
            : { filterType: type };
    },
    filterdefaultdeny: ([untrusted_value]) => ({
        default: isOn(untrusted_value) ? 'deny' : 'allow',
    }),
    timeout: readTimeout,
    maxclients: readMaxClients,
    upstream: readUpstream,
    filterurls: ([untrusted_value]) =>
        isOn(untrusted_value)
            ? {
                  note: 'patterns of whole URLs cannot be taken over: what is encrypted has none',
              }
            : {},
    filtercasesensitive: ([untrusted_value]) =>
        isOn(untrusted_value)
            ? { note: 'host names have no case: it is ignored' }
            : {},
    loglevel: note(
        'refusals are in the journal of the ProxyVM, and nothing else',
    ),
};

function isOn(untrusted_value: string | undefined): boolean {
    return /^(yes|on)$/i.test(untrusted_value ?? '');
}

/** 0 is tinyproxy's default, as it is ours. */
function readTimeout([untrusted_value = '']: readonly string[]): Meaning {
    return untrusted_value === '0'
        ? {}
        : { setting: `!timeout ${untrusted_value}` };
}

function readMaxClients([untrusted_value = '']: readonly string[]): Meaning {
    return Number(untrusted_value) > limits.maxClients
        ? {
              note: `more than !max-clients ${limits.maxClients} is not possible`,
          }
        : { setting: `!max-clients ${untrusted_value}` };
}

function readUpstream([
    untrusted_kind = '',
    untrusted_server = '',
    untrusted_site = '',
]: readonly string[]): Meaning {
    const untrusted_text = unquoted(untrusted_server);
    const kind = untrusted_kind.toLowerCase();
    switch (kind) {
        case 'none':
            return { setting: `!upstream none ${untrusted_text}` };
        case 'http':
        case 'socks5': {
            const untrusted_of =
                untrusted_site === '' ? '' : ` ${unquoted(untrusted_site)}`;
            const setting = `!upstream ${kind} ${untrusted_text}${untrusted_of}`;
            return { setting };
        }
        default:
            return { note: 'only http, socks5 and none are known here' };
    }
}

function unquoted(untrusted_word: string): string {
    return untrusted_word.replace(/^"(.*)"$/, '$1');
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

function meaningOf(untrusted_line: string): Meaning {
    if (untrusted_line === '' || untrusted_line.startsWith('#')) {
        return {};
    }
    const [untrusted_name = '', ...untrusted_words] =
        untrusted_line.split(/\s+/);
    const untrusted_key = untrusted_name.toLowerCase();
    return Object.hasOwn(known, untrusted_key)
        ? (known[untrusted_key]?.(untrusted_words) ?? {})
        : { note: 'it has no place here' };
}
