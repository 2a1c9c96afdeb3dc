// --dry-run of every command that changes something.
import {
    appendFile,
    mkdir,
    readdir,
    readFile,
    writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
    type CommandEntry,
    commandTable,
} from '../../dom0/cli/command-table.ts';
import type { Requests } from '../../shared/protocol/requests.ts';
import { ok } from '../../shared/result.ts';
import { type FakeAgent, obedientAgent } from './fake-agent.ts';
import { type FakeDom0, fakeDom0 } from './fake-dom0.ts';
import { fakeEditor } from './fake-editor.ts';
import { qvmPrefs, uuidOf } from './fake-qubes.ts';
import { outcome } from './outcome.ts';
import { nameOf, uuidFor } from './rules.ts';

/**
 * Arguments with which each command would change something, or tell something;
 * ROOT is dom0's root directory.
 */
const examples: Readonly<Record<string, readonly string[]>> = {
    setup: ['sys-filter2', 'work', '--netvm', 'sys-firewall', '--yes'],
    allow: ['work', 'new.test'],
    deny: ['sys-filter2', 'ads.test'],
    default: ['work', 'allow', '--clear'],
    remove: ['work', '1'],
    edit: ['work'],
    suggest: ['work', '--all'],
    learn: ['work', '--for', '30m'],
    undo: ['work'],
    export: ['ROOT/new.tar'],
    copy: ['work', 'work-dvm'],
    restore: ['personal', '--from', 'old'],
    update: [],
    stop: ['work'],
    start: ['banking'],
    restart: ['banking'],
    'kill-all': [],
    'kill-all-and-restart': [],
    lock: ['work'],
    unlock: ['banking'],
    history: ['work'],
    list: ['work'],
    lint: ['work'],
    check: ['work', 'a.test'],
    show: [],
    doctor: ['work'],
    client: ['work'],
    blocked: [],
    import: ['ROOT/other'],
};

function commandOf({ usage }: CommandEntry): string {
    return usage.replace(/ .*/, '');
}

/** All files of dom0 that last, and what the firewalls say. */
async function stateOf(dom0: FakeDom0): Promise<Record<string, string>> {
    const entries = await readdir(dom0.root, {
        recursive: true,
        withFileTypes: true,
    });
    const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => !path.startsWith(join(dom0.root, 'run')));
    const texts = files.map(
        async (file): Promise<[string, string]> => [
            file,
            await readFile(file, 'utf8'),
        ],
    );
    const firewalls = JSON.stringify([...dom0.firewall.rules]);
    return { ...Object.fromEntries(await Promise.all(texts)), firewalls };
}

const refusedOfWork: Requests = {
    clients: [
        {
            uuid: uuidFor('work'),
            name: nameOf('work'),
            recording: 'refused',
            since: uuidFor('work'),
            entries: [
                {
                    host: 'refused.test',
                    port: null,
                    outcome: 'filter',
                    count: 1,
                    firstAgo: 1,
                    lastAgo: 1,
                },
            ],
            unnamed: 0,
        },
    ],
};

const saving = (text: string) => `${text}^e\\.test$\n`;

/** Rules, a block list, a change by hand, a stopped qube, a locked one, a removed one. */
async function busyDom0() {
    const verbs: string[] = [];
    const { agent } = obedientAgent();
    const watched: FakeAgent = (verb, input) => {
        verbs.push(verb);
        return agent(verb, input);
    };
    const dom0 = await fakeDom0({
        rules: {
            banking: '^b\\.test$\n',
            old: '^o\\.test$\n',
            'sys-filter2': '!default allow\n',
        },
        owners: { old: uuidOf('older') },
        agents: {
            'sys-filter': watched,
            'sys-filter2': watched,
            'sys-firewall': watched,
        },
        tools: {
            'qvm-prefs': async (_, [name = '', , netvm]) => {
                const qube = dom0.qubes.find((each) => each.name === name);
                const all = dom0.qubes.filter((each) => each !== qube);
                if (qube !== undefined && netvm !== undefined) {
                    dom0.qubes = [...all, { ...qube, netvm }];
                }
                return outcome({ stdout: qube ? qvmPrefs(qube) : '' });
            },
        },
        editor: fakeEditor([saving, saving]),
    });
    Object.assign(dom0.deps, { askRequests: async () => ok(refusedOfWork) });
    await dom0.cli('allow', 'work', 'a.test');
    await appendFile(dom0.config('qubes/work.rules'), '# by hand\n');
    await dom0.cli('stop', 'banking');
    await dom0.cli('lock', 'banking');
    await mkdir(join(dom0.root, 'other/sets'), { recursive: true });
    await writeFile(join(dom0.root, 'other/sets/x.rules'), '^x\\.test$\n');
    verbs.length = 0;
    return { dom0, verbs };
}

function exampleOf(name: string, dom0: FakeDom0): string[] {
    const args = examples[name];
    if (args === undefined) {
        throw new Error(`give ${name} an example here`);
    }
    return args.map((arg) => arg.replace('ROOT', dom0.root));
}

const changing = commandTable.filter(({ isQuery }) => !isQuery);

describe('a command that changes something', () => {
    test.each(changing.map((entry) => [commandOf(entry), entry] as const))(
        'has --dry-run: %s',
        (_, { options }) => {
            expect(options).toContain('dryRun');
        },
    );

    test.each(changing.map(commandOf))(
        'with --dry-run writes nothing and tells no ProxyVM anything: %s',
        async (name) => {
            const { dom0, verbs } = await busyDom0();
            const args = exampleOf(name, dom0);
            const before = await stateOf(dom0);
            const dry = await dom0.cli(name, ...args, '--dry-run');
            expect(dry.exitCode).toBe(0);
            expect(dry.out).not.toBe('');
            expect(await stateOf(dom0)).toEqual(before);
            expect(verbs).not.toContain('apply');
            // It is no wonder that nothing was done if nothing is to do.
            const told = verbs.length;
            await dom0.cli(name, ...args);
            const isDone =
                JSON.stringify(await stateOf(dom0)) !==
                    JSON.stringify(before) ||
                verbs.slice(told).includes('apply');
            expect(isDone).toBe(true);
        },
    );
});

describe('a command that only asks', () => {
    // `watch` asks for a terminal, see watch-terminal.test.ts.
    const names = commandTable
        .filter(({ isQuery }) => isQuery)
        .map(commandOf)
        .filter((name) => name !== 'watch');
    test.each(names)(
        'writes nothing and tells no ProxyVM anything: %s',
        async (name) => {
            const { dom0, verbs } = await busyDom0();
            const before = await stateOf(dom0);
            const result = await dom0.cli(name, ...exampleOf(name, dom0));
            // The doctor finds that work is not locked.
            expect(result.exitCode).toBe(name === 'doctor' ? 1 : 0);
            expect(result.out).not.toBe('');
            expect(await stateOf(dom0)).toEqual(before);
            expect(verbs).not.toContain('apply');
        },
    );
});
