// What the doctor reads beside a ProxyVM's answer, tampered with: a client's
// word, a resolver's reply, and files that people write in dom0.
import { test } from 'vitest';
import { judgePolicy } from '../../dom0/core/doctor/policy.ts';
import { readProbe } from '../../dom0/core/doctor/probe.ts';
import { isGoodReply } from '../../proxyvm/core/resolver-question.ts';
import { err, ok } from '../../shared/result.ts';
import { outcome } from '../dom0/outcome.ts';
import { Random } from '../pattern/random.ts';
import { fuzz } from './fuzz.ts';
import { demand } from './grammar.ts';
import { mutate } from './mutate.ts';

const seed = 20261128;
const share = 0.05;

/** Mutated texts of which each character is a byte; none of the originals. */
function inputs(
    corpus: readonly string[],
    tokens: readonly string[],
): () => Buffer {
    const random = new Random(seed);
    return () => {
        let bytes: string;
        do {
            bytes = mutate(random, random.oneOf(corpus), { corpus, tokens });
        } while (corpus.includes(bytes));
        return Buffer.from(bytes, 'latin1');
    };
}

test('a client that lies about its request gives a number at most', () => {
    fuzz({
        line: "a client's request",
        share,
        next: inputs(
            [
                'HTTP/1.0 200 Connection established\r\n',
                'HTTP/1.1 403 Filtered\n',
                'HTTP/1.0 500 Unable to connect\n',
            ],
            ['HTTP/1.0', 'HTTP/2 ', '000', '999', '2000', '\x1b[2J', '\0'],
        ),
        parse: (stdout) => {
            const end = readProbe(outcome({ stdout }));
            return end.kind === 'status' ? ok(end.status) : err(end.kind);
        },
        check: (status, bytes) => {
            const said = bytes.toString('latin1').split(' ');
            demand(/^HTTP\/1\.[01]$/.test(said[0] ?? ''), 'a version');
            demand(Number.parseInt(said[1] ?? '', 10) === status, 'a status');
            demand(status >= 100 && status < 600, 'one that there is');
        },
    });
});

test("a resolver's reply is to our question, or is none", () => {
    const id = 0x4142;
    const head = 'AB\x81\x80\0\x01\0\0\0\0\0\0\0\0\x02\0\x01';
    fuzz({
        line: "a resolver's reply",
        share,
        next: inputs(
            [head, head.replace('\x80', '\x83'), `${head}more`],
            ['AB', '\x81\x80', '\x81\x82', '\0', 'BA'],
        ),
        parse: (bytes) =>
            isGoodReply(bytes, id) ? ok(bytes.length) : err('no reply'),
        check: (length, bytes) => {
            demand(length >= 12, 'a header');
            demand(bytes.subarray(0, 2).toString() === 'AB', 'our question');
            demand((bytes[2] ?? 0) >= 128, 'a response');
            demand(
                [0, 3, 4].includes((bytes[3] ?? 0) % 16),
                'without an error',
            );
        },
    });
});

test('a policy that was tampered with keeps all out, or lacks a line', () => {
    const lines = [
        'qubes.FilterProxy * @anyvm @anyvm deny notify=no',
        'qubes.FilterProxy * @anyvm @adminvm deny notify=no',
    ];
    fuzz({
        line: 'qrexec policy',
        share,
        next: inputs(
            [`# a\n${lines.join('\n')}\n`, `${lines.join('\n')}`],
            ['allow', 'ask', '@anyvm', '*', '+x', '\t', '\x1b[2J', 'mgmt'],
        ),
        parse: (bytes) => {
            const untrusted_text = bytes.toString('latin1');
            const files = [{ path: 'p', untrusted_text }];
            const seen = judgePolicy({ files, legacy: [] });
            return seen.missing.length === 0
                ? ok(seen.callers)
                : err(seen.missing.join(', '));
        },
        check: (callers, bytes) => {
            const text = bytes.toString('latin1');
            for (const target of ['@anyvm', '@adminvm|dom0']) {
                const line = `^\\s*(qubes\\.FilterProxy|\\*)[ \\t]+\\*[ \\t]+(@anyvm|\\*)[ \\t]+(\\*|${target})[ \\t]+deny(\\s|$)`;
                demand(new RegExp(line, 'm').test(text), `no line: ${target}`);
            }
            for (const { place, source } of callers) {
                const at = Number(place.slice(2)) - 1;
                const line = text.split('\n')[at] ?? '';
                demand(/(allow|ask)/.test(line), 'a line that lets in');
                demand(/^[\x20-\x7e]*$/.test(source), 'printable');
            }
        },
    });
});
