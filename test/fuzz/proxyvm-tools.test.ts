// What systemctl, ss, tinyproxy and the kernel say to the agent.
import { test } from 'vitest';
import { parseAhead } from '../../proxyvm/core/parse-ahead.ts';
import { parseListeners } from '../../proxyvm/core/parse-listeners.ts';
import { parseSockets } from '../../proxyvm/core/parse-sockets.ts';
import { parseUnits } from '../../proxyvm/core/parse-units.ts';
import { parseTinyproxyVersion } from '../../proxyvm/core/tinyproxy-version.ts';
import { err, ok } from '../../shared/result.ts';
import { captured } from '../proxyvm/captured.ts';
import { fuzz } from './fuzz.ts';
import { demand } from './grammar.ts';
import { jsonInputs } from './json-inputs.ts';
import type { Json } from './mutate-json.ts';
import { readJson, type Value } from './read-json.ts';
import { textInputs } from './text-inputs.ts';

const seed = 20261124;

test('a listing of systemctl that was tampered with is refused, or says so', () => {
    const units: Json[] = JSON.parse(
        captured('systemctl-units.json').toString(),
    );
    const words = [
        ...['active', 'inactive', 'failed', 'activating', 'unit'],
        ...['qubes-filterproxy@60707.service', 'qubes-filterproxy@1.service'],
        ...[
            'qubes-filterproxy@61183.service\n',
            'x-qubes-filterproxy@60707.service',
        ],
        'qubes-filterproxy-drain@60707.timer',
        'qubes-filterproxy-resolvers.path',
    ];
    fuzz({
        line: 'systemctl',
        share: 0.3,
        next: jsonInputs(seed, {
            values: [
                ...units.map((unit) => [unit]),
                units.slice(0, 2),
                units.slice(2),
            ],
            words,
        }),
        parse: parseUnits,
        check: (observed, bytes) => {
            const all = unitsIn(readJson(bytes));
            const active = all.filter(
                (each) =>
                    each.active !== 'inactive' && each.active !== 'failed',
            );
            const service = /^qubes-filterproxy@([1-9][0-9]{4})\.service$/;
            const timer = /^qubes-filterproxy-drain@([1-9][0-9]{4})\.timer$/;
            const { known, alive, draining, followsResolvers } = observed;
            demand([...known].join() === uidsOf(all, service), 'known');
            demand([...alive].join() === uidsOf(active, service), 'alive');
            demand([...draining].join() === uidsOf(active, timer), 'draining');
            const follows = active.some(
                ({ unit }) => unit === 'qubes-filterproxy-resolvers.path',
            );
            demand(followsResolvers === follows, 'resolvers');
        },
    });
});

interface Unit {
    readonly unit: string;
    readonly active: string;
}

function unitsIn(json: Value): Unit[] {
    demand(Array.isArray(json), 'a list');
    return json.map((each) => {
        demand(each instanceof Map, 'a unit');
        const [unit, active] = [each.get('unit'), each.get('active')];
        demand(typeof unit === 'string', 'the name of a unit');
        demand(typeof active === 'string', 'the state of a unit');
        return { unit, active };
    });
}

function uidsOf(listed: readonly Unit[], pattern: RegExp): string {
    const uids = listed
        .map(({ unit }) => Number(pattern.exec(unit)?.[1]))
        .filter((uid) => uid >= 60_706 && uid <= 61_183);
    return [...new Set(uids)].join();
}

test('a listing of ss that was tampered with is refused, or says so', () => {
    const corpus = [
        captured('ss-listening.txt').toString(),
        captured('ss-open.txt').toString(),
        'LISTEN 0      1024   0.0.0.0:8102 0.0.0.0:* ino:5 sk:6 <->\n',
    ];
    const columns = [
        ...['LISTEN', 'ESTAB', '*:8101', '[::]:8101', ' ', '*:*'],
        ...[' uid:60706 ', 'uid:', 'ino:5'],
    ];
    fuzz({
        line: 'ss',
        share: 0.2,
        next: textInputs(seed, corpus, columns),
        parse: (bytes) => parseSockets(bytes.toString('latin1')),
        check: (sockets, bytes) => {
            const lines = bytes.toString('latin1').split('\n');
            demand(lines.pop() === '', 'the end of the last line');
            demand(lines.length === sockets.length, 'a socket for each line');
            for (const [index, line] of lines.entries()) {
                const local = line.split(/ +/)[3] ?? '';
                const port = Number(/:([0-9]+)$/.exec(local)?.[1]);
                demand(port <= 65_535 && sockets[index]?.port === port, line);
                const isIp6 = local.lastIndexOf(':') !== local.indexOf(':');
                demand(sockets[index]?.isIp6 === isIp6, line);
                const isListening = line.startsWith('LISTEN ');
                demand(sockets[index]?.isListening === isListening, line);
                const words = line.split(' ');
                const uid = words.find((word) => /^uid:\d{1,10}$/.test(word));
                const owner = Number(uid?.slice('uid:'.length) ?? 0);
                demand(sockets[index]?.owner === owner, line);
            }
        },
    });
});

test('a table of sockets of the kernel that was tampered with is refused, or says so', () => {
    const corpus = ['proc-net-tcp.txt', 'proc-net-tcp6.txt'].map((name) =>
        captured(name).toString(),
    );
    const columns = [' 0A ', ' 01 ', ':1FA5', ':0000', '0500890A', '   0:'];
    fuzz({
        line: '/proc/net/tcp',
        share: 0.2,
        next: textInputs(seed, corpus, columns),
        parse: (bytes) => parseListeners(bytes.toString('latin1'), false),
        check: ({ listeners, isEnd }, bytes) => {
            const [, ...lines] = bytes.toString('latin1').split('\n');
            demand(lines.pop() === '', 'the end of the last line');
            const columnsOf = (line: string) => line.trimStart().split(' ');
            const other = lines.findIndex(
                (line) => columnsOf(line)[3] !== '0A',
            );
            demand(isEnd === other >= 0, 'the end of the listeners');
            const head = isEnd ? lines.slice(0, other) : lines;
            demand(head.length === listeners.length, 'a socket for each line');
            for (const [index, line] of head.entries()) {
                const digits = columnsOf(line)[1]?.split(':')[1] ?? '';
                demand(/^[0-9A-F]{4}$/.test(digits), line);
                demand(listeners[index]?.port === Number(`0x${digits}`), line);
                const owner = line.trimStart().split(/ +/)[7];
                demand(listeners[index]?.owner === Number(owner), line);
            }
        },
    });
});

test('a version of tinyproxy that was tampered with is refused, or says so', () => {
    const corpus = [
        captured('tinyproxy-version.txt').toString(),
        'tinyproxy 1.11.2\n',
        'tinyproxy 1.12.0-rc1\n',
        'tinyproxy 1.8.4\n',
    ];
    fuzz({
        line: 'tinyproxy -v',
        share: 0.1,
        next: textInputs(seed, corpus, ['1.11.0', '1.10', '2.0.0', '1.', '11']),
        parse: (bytes) => parseTinyproxyVersion(bytes.toString('latin1')),
        check: ({ text, mistakesIp6Clients }, bytes) => {
            const said = bytes.toString('latin1');
            demand(said.startsWith(`tinyproxy ${text}`), text);
            demand(
                !/^[0-9]/.test(said.slice(`tinyproxy ${text}`.length)),
                said,
            );
            const [major = 0, minor = 0, patch = 0] = text
                .split('.')
                .map(Number);
            demand(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(text), text);
            const isRight =
                major > 1 ||
                (major === 1 && (minor > 11 || (minor === 11 && patch >= 1)));
            demand(isRight, text);
            const isFirst = major === 1 && minor === 11 && patch === 1;
            demand(mistakesIp6Clients === isFirst, text);
        },
    });
});

test('what was asked ahead and was tampered with is refused, or says so', () => {
    const mark = '0d7c3c5e-9a0b-4d2e-8f5a-1b2c3d4e5f60';
    const line = `\n${mark}\n`;
    const corpus = [
        ['tinyproxy -v', 'tinyproxy 1.11.1\n', '0', 'nft', '{}', '1', 'end'],
        ['ss --all', '', '0', 'end'],
        ['end'],
    ].map((parts) => `${mark}\n${parts.join(line)}`);
    fuzz({
        line: 'look-ahead',
        share: 0.2,
        next: textInputs(seed, corpus, [line, mark, '\n', '0', '1', 'end']),
        parse: (bytes) => {
            const answers = parseAhead(bytes.toString('latin1'));
            return answers === null ? err('not whole') : ok(answers);
        },
        check: (answers, bytes) => {
            const text = bytes.toString('latin1');
            const first = `${text.slice(0, text.indexOf('\n'))}\n`;
            demand(/^[0-9a-f-]{36}\n$/.test(first), 'the mark');
            demand(`\n${text}`.endsWith(`\n${first}end`), 'the end');
            for (const [command, said] of answers) {
                const parts = [command, said, '0', ''];
                demand(`\n${text}`.includes(parts.join(`\n${first}`)), command);
            }
        },
    });
});
