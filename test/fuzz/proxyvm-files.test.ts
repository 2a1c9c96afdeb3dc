// The files that the agent reads in its ProxyVM.
import { test } from 'vitest';
import { parseAdministrator } from '../../proxyvm/core/administrator.ts';
import { parseResolvers } from '../../proxyvm/core/parse-resolvers.ts';
import { proxyRecord } from '../../proxyvm/core/proxy-record.ts';
import { decode } from '../../shared/protocol/json.ts';
import { limits } from '../../shared/protocol/limits.ts';
import { err, ok } from '../../shared/result.ts';
import { captured } from '../proxyvm/captured.ts';
import { checkProxyRecord } from './documents.ts';
import { fuzz } from './fuzz.ts';
import { canonicalIp, demand, expectSame, name } from './grammar.ts';
import { jsonInputs } from './json-inputs.ts';
import { readJson } from './read-json.ts';
import { textInputs } from './text-inputs.ts';

const seed = 20261124;

test('an administrator that was tampered with is a qube, or nobody', () => {
    const corpus = ['mgmt\n', 'sys-gui-gpu\n', 'a.b_c-d\n', '\n'];
    const words = [
        ...['dom0', 'none', 'Domain-0', '-dm', '@anyvm', 'uuid:', '\n', ' '],
        ...['\r\n', '\0', '\ufeff', '__proto__', 'default'],
    ];
    fuzz({
        line: 'administrator',
        share: 0.3,
        next: textInputs(seed, corpus, words),
        parse: (bytes) => {
            const found = parseAdministrator(bytes.toString('utf8'));
            return found === null ? err('nobody') : ok(found);
        },
        check: (found, bytes) => {
            const text = bytes.toString('utf8');
            demand(text === found || text === `${found}\n`, text);
            demand(name.test(found), found);
        },
    });
});

test('a resolv.conf that was tampered with has the resolvers that are read', () => {
    const corpus = [
        captured('resolv.conf').toString(),
        '# none\nsearch example.org\nnameserver fd09:0::1\noptions edns0\n',
    ];
    const words = [
        'nameserver ',
        'nameserver',
        '10.139.1.1',
        'fd09::1',
        '::',
        '%lo',
    ];
    fuzz({
        line: 'resolv.conf',
        share: 0.3,
        next: textInputs(seed, corpus, words),
        parse: (bytes) => {
            const resolvers = parseResolvers(bytes.toString('utf8'));
            return resolvers.length > 0 ? ok(resolvers) : err('none');
        },
        check: (resolvers, bytes) => {
            const named = bytes
                .toString('utf8')
                .split('\n')
                .flatMap((line) => {
                    const [, text = ''] =
                        /^nameserver[ \t]+([0-9a-fA-F.:]+)(?:(?<=:.*)%\S+)?[ \t]*$/.exec(
                            line,
                        ) ?? [];
                    return text === '' ? [] : [text];
                });
            const all = new Set<string>();
            for (const text of named) {
                try {
                    all.add(canonicalIp(text));
                } catch {
                    // No address: not to be read.
                }
            }
            demand(new Set(resolvers).size === resolvers.length, 'twice');
            for (const resolver of resolvers) {
                demand(all.has(resolver), resolver);
            }
        },
    });
});

test('a record of a proxy that was tampered with is refused, or is another one', () => {
    const values = captured('proxy-records.jsonl')
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map((record) => ({
            ...record,
            filter: {
                ...record.filter,
                lines: record.filter.lines.slice(0, 1),
            },
        }));
    fuzz({
        line: 'proxy.json',
        share: 0.4,
        next: jsonInputs(seed, {
            values,
            words: ['work', 'dom0', 'fd09::5', 'deny'],
        }),
        parse: (bytes) => decode(proxyRecord, bytes, limits.requestBytes),
        check: (record, bytes) => {
            const said = readJson(bytes);
            checkProxyRecord(said);
            expectSame(record, said);
        },
    });
});
