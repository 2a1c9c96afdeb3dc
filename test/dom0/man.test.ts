// The man page against the program it describes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { commandTable } from '../../dom0/cli/command-table.ts';
import { optionTable } from '../../dom0/cli/option-table.ts';
import { pathsUnder, shownConfig } from '../../dom0/paths.ts';
import { fakeDom0 } from './fake-dom0.ts';

const path = fileURLToPath(
    new URL('../../man/qvm-filterproxy.1', import.meta.url),
);
const page = readFileSync(path, 'utf8');

/** The items of a section's list, without macros. */
function itemsOf(section: string): string[] {
    const [, text = ''] = page.split(`.Sh ${section}\n`);
    const [own = ''] = text.split('\n.Sh ');
    return [...own.matchAll(/^\.It (.*)$/gm)].map(([, item = '']) => item);
}

/** As mdoc has it: `allow <QUBE> <PATTERN...>` */
function asItem(usage: string): string {
    const [name = '', ...words] = usage.split(' ');
    const args = words.map((word) => {
        const [, name = '', dots = ''] =
            /^[<[]([A-Za-z|]+)(\.\.\.)?[>\]]$/.exec(word) ?? [];
        // What is typed as it stands is in small letters.
        const macro = name === name.toLowerCase() ? 'Cm' : 'Ar';
        const arg = `${macro} ${name.replaceAll('|', ` Ns | Ns ${macro} `)}`;
        const more = dots === '' ? arg : `${arg} ...`;
        return word.startsWith('[') ? `Op ${more}` : more;
    });
    return [`Cm ${name}`, ...args].join(' ');
}

describe('the man page', () => {
    test('has just the commands that there are, with their arguments', () => {
        const usages = commandTable.map(({ usage }) => usage);
        expect(itemsOf('COMMANDS').sort()).toEqual(
            [...usages, 'help [COMMAND]'].map(asItem).sort(),
        );
    });

    test('has just the options that there are', async () => {
        const ofCommands = Object.values(optionTable).map(([flag]) =>
            flag
                .replace(/^-/, 'Fl ')
                .replace(/ <([A-Z=]+)>$/, ' Ar $1')
                .replace('=', ' Ns = Ns Ar '),
        );
        const { out } = await (await fakeDom0()).cli('--help');
        const ofAll = [...out.matchAll(/^ {2}(-.*?) {2}/gm)].map(
            ([, flags = '']) =>
                flags.replaceAll(/(^|, )-/g, '$1Fl ').replaceAll(',', ' ,'),
        );
        expect(ofAll.length).toBeGreaterThan(4);
        expect(itemsOf('OPTIONS').sort()).toEqual(
            [...ofCommands, ...ofAll].sort(),
        );
    });

    test('names our files where they are', () => {
        const files = itemsOf('FILES').join('\n');
        const { config, run } = pathsUnder('/');
        expect(config).toBe(shownConfig);
        for (const place of [
            'qubes/QUBE.rules',
            'tags/TAG.rules',
            'sets/SET.rules',
            'proxies/QUBE.conf',
            'owners/QUBE',
            'removed/QUBE.DATE.UUID.rules',
            'history/NUMBER.DIRECTORY.FILE',
            'stopped.json',
            'learning.json',
            'usage/DIRECTORY.FILE.json',
        ]) {
            expect(files).toContain(`Pa ${config}/${place}`);
        }
        expect(files).toContain(`Pa ${run}/`);
    });
});
