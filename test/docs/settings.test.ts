// Holds docs/settings.md to what it describes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRuleText } from '../../dom0/core/rule-file.ts';
import { defaultSettings } from '../../dom0/core/settings/filter-settings.ts';
import { mergeSettings } from '../../dom0/core/settings/merge-settings.ts';
import { settingDirectives } from '../../dom0/core/settings/parse-setting.ts';
import { settingsIn } from '../../dom0/core/settings/setting.ts';
import { limits } from '../../shared/protocol/limits.ts';

const text = readFileSync(
    join(import.meta.dirname, '../../docs/settings.md'),
    'utf8',
);
const [first = ''] = /(?<=```\n).*?(?=```)/s.exec(text) ?? [];

/** All keywords of tinyproxy 1.11.3 (src/conf-tokens.gperf). */
const keywords =
    'logfile pidfile anonymous viaproxyname defaulterrorfile statfile stathost ' +
    'xtinyproxy syslog bindsame disableviaheader port maxclients ' +
    'maxspareservers minspareservers startservers maxrequestsperchild timeout ' +
    'connectport user group listen allow deny bind basicauth basicauthrealm ' +
    'errorfile addheader filter filterurls filterextended filterdefaultdeny ' +
    'filtercasesensitive filtertype reversebaseurl reverseonly reversemagic ' +
    'reversepath upstream loglevel';

describe('docs/settings.md', () => {
    test('has an example that is a file of a ProxyVM', () => {
        const path = 'proxies/sys-filter.conf';
        const file = parseRuleText(path, first);
        const settings = file.ok ? settingsIn(path, file.value) : [];
        expect(settings).toHaveLength(3);
        expect(mergeSettings(settings, [])).toMatchObject({ ok: true });
    });

    test('has just the directives that there are, as they are written', () => {
        const rows = [...text.matchAll(/^\| `(!.*?)` \|/gm)];
        const shown = rows.map(([, form = '']) => form.replaceAll('\\|', '|'));
        const forms = Object.entries(settingDirectives).map(
            ([name, { usage }]) => `!${name} ${usage}`,
        );
        expect(shown).toEqual(forms);
    });

    test('has the defaults and limits as they are', () => {
        const rowOf = (name: string) =>
            new RegExp(`^\\| \`!${name} .*$`, 'm').exec(text)?.[0] ?? '';
        const { timeoutSeconds, maxClients, connectPorts, httpPorts } =
            defaultSettings;
        expect(rowOf('timeout')).toContain(
            `1 to ${limits.timeoutSeconds} | ${timeoutSeconds} |`,
        );
        expect(rowOf('max-clients')).toContain(
            `1 to ${limits.maxClients} | ${maxClients} |`,
        );
        expect(rowOf('connect-port')).toContain(`| ${connectPorts.join()} |`);
        expect(rowOf('http-port')).toContain(`| ${httpPorts.join()},`);
    });

    test('says of each directive of tinyproxy what became of it', () => {
        const table = text.slice(text.indexOf('| tinyproxy |'));
        const rows = [...table.matchAll(/^\| (`.*?) \|/gm)];
        const named = rows.flatMap(([, names = '']) =>
            [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) =>
                name.toLowerCase(),
            ),
        );
        expect(named.sort()).toEqual(keywords.split(' ').sort());
    });
});
