import { test } from 'vitest';
import { readClientAnswer } from '../../dom0/core/client-settings/answer.ts';
import { fuzz } from './fuzz.ts';
import { demand } from './grammar.ts';
import { textInputs } from './text-inputs.ts';

const firefox = '/etc/firefox/policies/policies.json';
const apt = '/etc/apt/apt.conf.d/70qubes-filterproxy-client';
const boot = '/rw/config/rc.local-early.d/qubes-filterproxy-client.rc';

test('an answer of a client that was tampered with is refused, or names our files', () => {
    const corpus = [
        `written ${boot}\nwritten ${apt}\nforeign ${firefox}\n`,
        `removed ${boot}\nfailed ${apt}\n`,
        `unchanged ${firefox}\n`,
    ];
    const words = ['written ', 'removed ', 'foreign ', apt, firefox, '\n', ' '];
    fuzz({
        line: 'answer of a client',
        next: textInputs(20261128, corpus, words),
        parse: (bytes) => readClientAnswer(bytes.toString('utf8')),
        check: (files, bytes) => {
            const lines = bytes.toString('utf8').split(/\n+/).filter(Boolean);
            demand(lines.length === files.length, 'a file for each line');
            for (const [index, line] of lines.entries()) {
                demand(ourLine.test(line), line);
                const { state, path } = files[index] ?? {};
                demand(line === `${state} ${path}`, line);
            }
        },
    });
});

const ourLine =
    /^(?:written|unchanged|removed|foreign|failed) \/(?:etc|rw|usr)\/[A-Za-z0-9@_./-]*(?:filterproxy-client|firefox\/policies\/policies\.json)[A-Za-z0-9@_./-]*$/;
