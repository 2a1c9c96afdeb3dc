// Holds docs/from-the-guide.md to what it promises.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandTable } from '../../dom0/cli/command-table.ts';
import { parseDirective } from '../../dom0/core/directive.ts';
import { obedientAgent } from '../dom0/fake-agent.ts';
import { fakeDom0 } from '../dom0/fake-dom0.ts';

const text = await readFile(
    join(import.meta.dirname, '../../docs/from-the-guide.md'),
    'utf8',
);

/** A directory as the guide makes it. */
async function oldDirectory(root: string): Promise<string> {
    const directory = join(root, 'tinyproxy');
    await mkdir(directory);
    for (const [name, content] of Object.entries({
        config: [
            ...['User tinyproxy', 'Port {port}', 'Listen {bind_ip}'],
            ...['Allow {vm_ip}', 'Filter "{rules_file}"'],
            ...['FilterExtended On', 'FilterDefaultDeny Yes'],
            ...['ConnectPort 443', ''],
        ].join('\n'),
        'proxyctl.py': '#!/usr/bin/python3\n',
        'social.10.137.0.5': '^github\\.com$\ngoogle\\.com$\n',
    })) {
        await writeFile(join(directory, name), content);
    }
    return directory;
}

async function dom0WithOld() {
    const { agent } = obedientAgent();
    const dom0 = await fakeDom0({ agents: { 'sys-filter': agent } });
    return { dom0, source: await oldDirectory(dom0.root) };
}

test('shows what import prints', async () => {
    const { dom0, source } = await dom0WithOld();
    const { out, err, exitCode } = await dom0.cli('import', source);
    const [, shown = ''] = /^ {3}```\n(.*?)^ {3}```$/ms.exec(text) ?? [];
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toBe(shown.replaceAll(/^ {3}/gm, ''));
});

test('leads to the rules of the qube with that address, in force', async () => {
    const { dom0, source } = await dom0WithOld();
    const { out } = await dom0.cli('import', source, '--apply');
    expect(out).toContain('sys-filter: in force\n');
    expect(await dom0.rules('work')).toContain('^github\\.com$\n');
});

test('names commands and directives that there are', () => {
    const names = commandTable.map(({ usage }) => usage.replace(/ .*/, ''));
    const named = [...text.matchAll(/qvm-filterproxy ([a-z-]+)/g)];
    expect(named.length).toBeGreaterThan(5);
    for (const [, name] of named) {
        expect(names).toContain(name);
    }
    for (const name of ['start', 'stop', 'kill-all', 'kill-all-and-restart']) {
        expect(names).toContain(name);
    }
    expect(parseDirective('!default allow').ok).toBe(true);
    expect(parseDirective('!upstream none').ok).toBe(true);
});
