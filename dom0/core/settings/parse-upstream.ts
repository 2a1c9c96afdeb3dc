import {
    type Domain,
    parseDomain,
} from '../../../shared/domain/domain-name.ts';
import { parseUpstreamAddress } from '../../../shared/domain/upstream-address.ts';
import { ok } from '../../../shared/result.ts';
import type { Word } from '../words-of.ts';
import type { Route, Setting } from './setting.ts';
import { each, type Parsed, parsePort, parseWord, wrong } from './word.ts';

/** `http ADDRESS:PORT [DOMAIN ...]`, the same with socks5, or `none`. */
export function parseUpstream(
    words: readonly Word[],
): Parsed<Extract<Setting, { name: 'upstream' }>> {
    const [kind, ...rest] = words;
    switch (kind?.untrusted_text) {
        case 'none':
            return withDomains({ kind: 'none' }, parseDomains(rest));
        case 'http':
        case 'socks5': {
            const [where, ...domains] = rest;
            const place = parsePlace(where);
            return place.ok
                ? withDomains(
                      { kind: kind.untrusted_text, ...place.value },
                      parseDomains(domains),
                  )
                : place;
        }
        default:
            return wrong(kind ?? null, 'an upstream is http, socks5 or none');
    }
}

function parseDomains(words: readonly Word[]) {
    return each(words, (word) => parseWord(word, parseDomain));
}

function withDomains(route: Route, domains: Parsed<Domain[]>) {
    return domains.ok
        ? ok({ name: 'upstream' as const, route, domains: domains.value })
        : domains;
}

function parsePlace(word: Word | undefined) {
    if (word === undefined) {
        return wrong(null, 'ADDRESS:PORT of the upstream is missing');
    }
    const { untrusted_text, column } = word;
    const colon = untrusted_text.lastIndexOf(':');
    const untrusted_address = untrusted_text.slice(0, Math.max(0, colon));
    const address = parseWord(
        { untrusted_text: untrusted_address, column },
        parseUpstreamAddress,
    );
    if (!address.ok) {
        return address;
    }
    const port = parsePort({
        untrusted_text: untrusted_text.slice(colon + 1),
        column: column + colon + 1,
    });
    return port.ok ? ok({ address: address.value, port: port.value }) : port;
}
