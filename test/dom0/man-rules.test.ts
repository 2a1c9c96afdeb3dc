// The manual pages of the files and of the ProxyVM against what they describe.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configDirectories, suffixes } from '../../dom0/core/config-file.ts';
import { misplaced, parseDirective } from '../../dom0/core/directive.ts';
import {
    maxRuleFileBytes,
    maxRules,
    parseRuleText,
} from '../../dom0/core/rule-file.ts';
import { settingDirectives } from '../../dom0/core/settings/parse-setting.ts';
import { shownConfig } from '../../dom0/paths.ts';
import { firstProxyUid, lastProxyUid } from '../../proxyvm/core/proxy-uid.ts';
import { maxPatternBytes } from '../../shared/pattern/parse.ts';
import { limits } from '../../shared/protocol/limits.ts';

const project = join(import.meta.dirname, '../..');

function pageOf(name: string): string {
    return readFileSync(join(project, 'man', name), 'utf8');
}

function sectionOf(page: string, section: string): string {
    const [, text = ''] = page.split(`.Sh ${section}\n`);
    return text.split('\n.Sh ')[0] ?? '';
}

/** What is printed of a line of mdoc. */
function plain(line: string): string {
    return line
        .replaceAll(/(^|\s)(?:Ic|Cm|Ar|Pa|Li)(?=\s)/g, '$1')
        .replaceAll(/\s*\bNs\s*/g, '')
        .replaceAll(/\b(?:Oo|Op)\s+(.*?)(?:\s*\bOc\b|$)/g, '[$1]')
        .replaceAll(/\s+/g, ' ')
        .trim();
}

describe('qvm-filterproxy-rules(5)', () => {
    const page = pageOf('qvm-filterproxy-rules.5');
    const directives = [
        ...sectionOf(page, 'DIRECTIVES').matchAll(/^\.It Ic (!.*)$/gm),
    ]
        .map(([, item = '']) => item)
        .filter((item) => !item.includes(' Ta '));

    test('has just the directives that there are, as they are written', () => {
        const settings = Object.entries(settingDirectives).map(
            ([name, { usage }]) => `!${name} ${usage}`,
        );
        expect(directives.map(plain)).toEqual([
            '!include SET',
            '!default deny | allow',
            ...settings,
        ]);
    });

    test('says where each directive may stand', () => {
        const table = new Map(
            [
                ...sectionOf(page, 'DIRECTIVES').matchAll(
                    /^\.It (?:Ic )?(\S+) Ta (.*)$/gm,
                ),
            ].map(([, name = '', places = '']) => [name, places]),
        );
        const examples = [
            ...['!include dev', '!default deny', '!connect-port 443'],
            ...['!http-port none', '!upstream none', '!timeout 5'],
            ...['!max-clients 5', '!log-level notice', '!lan none'],
            '!usage on',
        ];
        expect(examples.length).toBe(directives.length);
        for (const example of examples) {
            const directive = parseDirective(example);
            if (!directive.ok) {
                return expect.unreachable(directive.error.message);
            }
            const places = configDirectories.filter(
                (each) => misplaced(directive.value, each) === null,
            );
            const [name = ''] = example.split(' ');
            expect(table.get(name) ?? table.get('settings'), name).toBe(
                places.map((place) => `${place}/`).join(', '),
            );
        }
    });

    test('names the files and the limits of the code', () => {
        for (const directory of configDirectories) {
            expect(sectionOf(page, 'SYNOPSIS')).toMatch(
                `${shownConfig}/${directory}/`,
            );
            expect(sectionOf(page, 'SYNOPSIS')).toContain(suffixes[directory]);
        }
        const text = sectionOf(page, 'LIMITS');
        expect(text).toContain(`${maxRuleFileBytes} bytes`);
        expect(text).toContain(`${maxRules} rules`);
        const line = (length: number) =>
            parseRuleText('qubes/work.rules', `#${' '.repeat(length - 1)}`).ok;
        expect([line(2000), line(2001)]).toEqual([true, false]);
        expect(text).toContain('2000 characters');
        expect(text).toContain(`expression ${maxPatternBytes}`);
        const { timeoutSeconds, maxClients } = limits;
        expect(page).toContain(`1 to ${timeoutSeconds};`);
        expect(page).toContain(`1 to ${maxClients};`);
    });

    test('has examples without an error', () => {
        const paths = ['qubes/work.rules', 'proxies/sys-filter.conf'];
        const examples = [
            ...sectionOf(page, 'EXAMPLES').matchAll(
                /^\.Bd .*\n([\s\S]*?)^\.Ed$/gm,
            ),
        ].map(([, text = '']) => text.replaceAll('\\e', '\\'));
        expect(examples.length).toBe(paths.length);
        for (const [index, path] of paths.entries()) {
            const file = parseRuleText(path, examples[index] ?? '');
            expect(file.ok ? [] : file.error).toEqual([]);
        }
    });

    test('tells what an expression matches as it is', () => {
        const isError = (expression: string) =>
            !parseRuleText('qubes/work.rules', expression).ok;
        for (const expression of ['^10\\.', '(a)\\1', '\\y', '!', 'é', 'a$b']) {
            expect(isError(expression), expression).toBe(true);
        }
        for (const expression of ['\\bgit\\>', '(^|\\.)github\\.com$']) {
            expect(isError(expression), expression).toBe(false);
        }
    });
});

describe('qubes-filterproxy(8)', () => {
    const page = pageOf('qubes-filterproxy.8');

    test('names all units and all programs of the package', () => {
        const units = readdirSync(join(project, 'proxyvm/systemd'));
        expect(units.length).toBeGreaterThan(5);
        for (const unit of units) {
            expect(sectionOf(page, 'UNITS')).toContain(
                unit.replace('@.', '@UID.'),
            );
        }
        const makefile = readFileSync(join(project, 'Makefile'), 'utf8');
        const [, installed = ''] = makefile.split('install-vm:\n');
        const [own = ''] = installed.split('\n\n');
        const programs = [
            ...own.matchAll(/(?:proxyvm|\$\(VMDIR\))\/([a-z-]+)(?=\s)/g),
        ].map(([, name]) => name);
        expect(programs.length).toBeGreaterThan(5);
        for (const program of programs) {
            expect(sectionOf(page, 'PROGRAMS')).toContain(
                `.It Pa ${program}\n`,
            );
        }
    });

    test('names the user ids that proxies have', () => {
        expect(page).toContain(`${firstProxyUid} to ${lastProxyUid}`);
    });
});
