// What the agent reads to tell who was refused what: the journal, in which the
// messages are what clients brought their proxies to write, and its own file.
// Of the million inputs for what clients write the rest is for the recorder.
import { test } from 'vitest';
import { parseJournalLine } from '../../proxyvm/core/requests/journal-line.ts';
import {
    mostTenureBytes,
    tenures,
} from '../../proxyvm/core/requests/tenures.ts';
import { decode } from '../../shared/protocol/json.ts';
import { err, ok } from '../../shared/result.ts';
import { droppedLine, journalLine } from '../proxyvm/journal-lines.ts';
import { logLines } from '../proxyvm/log-lines.ts';
import { fuzz } from './fuzz.ts';
import {
    demand,
    expectSame,
    list,
    name,
    number,
    object,
    text,
    uuid,
} from './grammar.ts';
import { jsonInputs } from './json-inputs.ts';
import { readJson } from './read-json.ts';

const seed = 20261129;
const shown = /^[a-z0-9._:-]{1,253}$/;

test('a line of the journal that was tampered with is refused, or says so', () => {
    const uid = 60_707;
    const messages = [
        logLines.refused('a.test'),
        logLines.refusedUrl('http://b.test:80/x'),
        [...Buffer.from(logLines.refused('c\u001b.test'))],
        null,
    ];
    const values = [
        ...messages.map((message) => journalLine({ uid, seconds: 9, message })),
        droppedLine(uid, 17, 10),
    ].map((line) => JSON.parse(line.toString()));
    const words = ['60706', '61184', '0', '-1', 'MESSAGE', '_UID', '\n', '"'];
    fuzz({
        line: 'the journal',
        share: 0.3,
        next: jsonInputs(seed, { values, words }),
        parse: (bytes) => {
            const line = parseJournalLine(bytes);
            return line === null ? err('nothing of ours') : ok(line);
        },
        check: (line, bytes) => {
            const said = readJson(bytes);
            const uidSaid = said instanceof Map ? said.get('_UID') : null;
            demand(line.uid >= 60_706 && line.uid <= 61_183, 'a user id');
            demand(Number.isFinite(line.seconds), 'seconds');
            if (line.kind === 'dropped') {
                demand(uidSaid === '0', 'of journald');
                demand(Number.isSafeInteger(line.lines), 'a number of lines');
                return;
            }
            demand(uidSaid === String(line.uid), 'of that proxy');
            const { host, port } = line.refused ?? { host: null, port: null };
            demand(host === null || shown.test(host), 'a host');
            demand(port === null || (port > 0 && port <= 65_535), 'a port');
        },
    });
});

test('the file of user ids that was tampered with is refused, or says so', () => {
    const one = {
        uid: 60_707,
        client: '0d7c3c5e-9a0b-4d2e-8f5a-1b2c3d4e5f60',
        name: 'work',
        from: 12.5,
    };
    const check = list(
        2000,
        object({
            uid: number(60_706, 61_183),
            client: text(uuid),
            name: text(name),
            from: (value) =>
                demand(Number.isFinite(value) && Number(value) >= 0, 'seconds'),
        }),
    );
    fuzz({
        line: 'the file of user ids',
        share: 0.1,
        next: jsonInputs(seed, {
            values: [[one, { ...one, uid: 60_708, from: 20 }]],
            words: ['Domain-0', 'none', '60706', '61184', '-1', 'uid'],
        }),
        parse: (bytes) => decode(tenures, bytes, mostTenureBytes),
        check: (kept, bytes) => {
            const said = readJson(bytes);
            check(said);
            expectSame(kept, said);
        },
    });
});
