import { test } from 'vitest';
import { toPrintable } from '../../shared/printable.ts';
import { err, ok } from '../../shared/result.ts';
import { fuzz } from './fuzz.ts';
import { demand } from './grammar.ts';
import { textInputs } from './text-inputs.ts';

const most = 60;

test('text of another qube is printable ASCII, and no longer than it may be', () => {
    const corpus = [
        'Request refused',
        'qvm-ls: error: no such domain: \u2018work\u2019\n',
        'a line of exactly sixty characters, which is all it may have',
        '\x1b]0;title\x07\x1b[31mred\x1b[0m and more than sixty characters of it\r\n',
    ];
    fuzz({
        line: 'text to be shown',
        next: textInputs(20261124, corpus, ['\x1b[2J', '\x9b', '\u202e', 'x']),
        // Accepted: it may stay as it is.
        parse: (bytes) => {
            const text = bytes.toString('utf8');
            const shown = toPrintable(text, most);
            demand(/^[ -~]{0,60}$/.test(shown), JSON.stringify(shown));
            return shown === text ? ok(text) : err(`"${shown}"`);
        },
        check: (text) => demand(/^[ -~]{0,60}$/.test(text), text),
    });
});
