// What `import` reads: archives that another qube made, lists of domains that
// strangers publish, and files of the old guide.
import { describe, test } from 'vitest';
import { parseFileLine } from '../../dom0/core/file-line.ts';
import { readDomainList } from '../../dom0/core/import/domain-list.ts';
import { parseOldConfig } from '../../dom0/core/import/old-config.ts';
import { convertOldFilter } from '../../dom0/core/import/old-filter.ts';
import { readTar, writeTar } from '../../dom0/core/tar.ts';
import { err, ok } from '../../shared/result.ts';
import { fuzz } from './fuzz.ts';
import { demand } from './grammar.ts';
import { textInputs } from './text-inputs.ts';

const seed = 20261128;

function archive(...files: [path: string, text: string][]): string {
    const bytes = files.map(([path, text]) => ({
        path,
        bytes: new TextEncoder().encode(text),
    }));
    return Buffer.from(writeTar(bytes, 1)).toString('latin1');
}

describe('an archive that was tampered with', () => {
    test('has nothing but files of printable names that lie in it', () => {
        const mostBytes = 600;
        fuzz({
            line: 'archive',
            share: 0.3,
            next: textInputs(
                seed,
                [
                    archive(
                        ['qubes/work.rules', '^a$\n'],
                        ['sets/b.rules', ''],
                    ),
                    archive(['tinyproxy/work.10.137.0.5', '^a\\.test$\n']),
                    archive(),
                ],
                ['ustar', '\0', '5', '2', '../', '/etc/', '00000000010 '],
            ),
            parse: (bytes) => readTar(bytes, mostBytes),
            check: (files, bytes) => {
                let from = 0;
                for (const file of files) {
                    const at = bytes.indexOf(file.path, from);
                    demand(at % 512 === 0, 'no header begins with its name');
                    demand(/^[ -~]{1,256}$/.test(file.path), 'an odd name');
                    demand(file.bytes.length <= mostBytes, 'too large');
                    const own = bytes.subarray(at + 512);
                    demand(own.indexOf(file.bytes) === 0, 'not what is there');
                    from = at + 512;
                }
            },
        });
    });
});

describe('a list of domains that was tampered with', () => {
    test('has expressions for host names only', () => {
        fuzz({
            line: 'list of domains',
            share: 0.3,
            next: textInputs(
                seed,
                [
                    '127.0.0.1 localhost\n0.0.0.0 ads.example.com # x\n',
                    '! a list\n||ads.example.com^\n*.b.example\nc.example.\n',
                    'xn--bcher-kva.example\n_dmarc.example.org\r\n',
                ],
                [
                    '||',
                    '^',
                    '*.',
                    '0.0.0.0 ',
                    '::1 ',
                    '\\.',
                    '$',
                    '.*',
                    '(',
                    '|',
                ],
            ),
            parse: (bytes) => {
                const list = readDomainList(bytes.toString('utf8'));
                return list.skipped.length > 0
                    ? err(list.skipped[0]?.message ?? '')
                    : ok(list.expressions);
            },
            check: (expressions, bytes) => {
                const text = bytes.toString('utf8').toLowerCase();
                for (const expression of expressions) {
                    const name = expression
                        .replace(/^(\^|\(\^\|\\\.\)|\\\.)/, '')
                        .replace(/\$$/, '')
                        .replaceAll('\\.', '.');
                    demand(/^[a-z0-9._-]+$/.test(name), 'not a name');
                    demand(text.includes(name), 'not in the list');
                }
            },
        });
    });
});

describe('a file of the old guide that was tampered with', () => {
    test('keeps its number of lines, and each has a rule at most', () => {
        fuzz({
            line: 'old filter',
            share: 0.05,
            next: textInputs(
                seed,
                [
                    '# social\ngoogle\\.com$\nfacebook\\.com$ # friends\n',
                    '^\\(a\\|b\\)\\.test$\n*.example.com\n',
                ],
                ['#', '\\#', ' ', '!include a', 'comment=', '\\(', '\\|', '*'],
            ),
            parse: (bytes) => {
                const text = bytes.toString('utf8');
                const { text: converted, problems } = convertOldFilter(
                    text,
                    'bre',
                );
                return problems.length > 0
                    ? err(problems[0]?.message ?? '')
                    : ok(converted);
            },
            check: (converted, bytes) => {
                const lines = bytes.toString('utf8').replace(/\n$/, '');
                demand(
                    converted.split('\n').length ===
                        lines.split('\n').length + 1,
                    'another number of lines',
                );
                for (const line of converted.split('\n')) {
                    // What tinyproxy took for an expression is never more.
                    const parsed = parseFileLine(line);
                    demand(
                        !parsed.ok || parsed.value?.kind !== 'directive',
                        'a directive',
                    );
                }
            },
        });
    });

    test('as a template has settings of one line each', () => {
        fuzz({
            line: 'old template',
            share: 0.25,
            next: textInputs(
                seed,
                [
                    'Timeout 600\nConnectPort 443\nFilterExtended On\n',
                    'Upstream http 10.0.0.1:3128 ".corp"\nMaxClients 100\n',
                ],
                ['"', '\r', '\n', '#', 'upstream none ', '{port}', '\u00e9'],
            ),
            parse: (bytes) => parseOldConfig(bytes.toString('utf8')),
            check: ({ settings }) => {
                for (const setting of settings) {
                    demand(/^![a-z-]+( [!-~]*)*$/.test(setting), setting);
                }
            },
        });
    });
});
