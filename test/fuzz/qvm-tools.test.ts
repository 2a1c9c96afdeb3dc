// What qvm-ls and qvm-prefs print.
import { test } from 'vitest';
import {
    parseQvmLs,
    parseQvmPrefs,
    qvmLsFields,
} from '../../dom0/core/parse-tool-output.ts';
import type { Qube } from '../../dom0/core/qube.ts';
import {
    parseFeatures,
    parseFollowing,
} from '../../dom0/core/setup/parse-features.ts';
import { ok } from '../../shared/result.ts';
import { exampleQubes, qvmLs } from '../dom0/fake-qubes.ts';
import { captured } from '../dom0/golden.ts';
import { fuzz } from './fuzz.ts';
import { canonicalIp, demand, name, uuid } from './grammar.ts';
import { textInputs } from './text-inputs.ts';

const seed = 20261124;

const words = [
    ...['|', '||', '-', '\n', ' ', 'D', 'U', 'True', 'False', 'None', 'dom0'],
    ...['dom0|', 'AdminVM', 'AppVM', 'TemplateVM', 'DispVM', 'RemoteVM'],
    ...['StandaloneVM', 'work', 'sys-net', 'vault', '-1', '0', '10.137.0.5'],
    ...[
        'fd09::5',
        'FD09::5',
        '8e924faf-82d6-4601-9320-8dfd5c4fcf6e',
        '\x1b[2J',
    ],
    ...['netvm', 'xid', 'klass', 'ip6', 'visible_gateway6', 'uuid', '\r\n'],
];

/** The properties in the order of the columns that are asked for. */
const columns = [
    ...['name', 'klass', 'xid', 'stubdom_xid', 'uuid', 'netvm', 'ip', 'ip6'],
    ...['visible_gateway', 'visible_gateway6', 'provides_network'],
    ...['template', 'template_for_dispvms'],
];
const withoutNetwork = ['AdminVM', 'RemoteVM'];

test('a listing of qvm-ls that was tampered with is refused, or says so', () => {
    fuzz({
        line: 'qvm-ls',
        share: 0.5,
        next: textInputs(seed, listings(), words),
        parse: (bytes) => parseQvmLs(bytes.toString('utf8')),
        check: (system, bytes) => {
            const lines = bytes.toString('utf8').split('\n');
            demand(lines.pop() === '', 'the end of the last line');
            const rows = lines
                .map((line) => line.split('|'))
                .filter((cells) => !withoutNetwork.includes(cells[1] ?? ''));
            demand(rows.length === system.size, 'a qube for each line');
            const qubes = [...system.values()];
            for (const [index, cells] of rows.entries()) {
                demand(cells.length === columns.length, 'the columns');
                checkQube(qubes[index], (property) => {
                    const cell = cells[columns.indexOf(property)] ?? '';
                    return cell === '-' ? null : cell;
                });
            }
            for (const { netvm, template } of qubes) {
                for (const other of [netvm, template]) {
                    demand(other === null || system.has(other), 'a reference');
                }
            }
        },
    });
});

/** dom0 and each qube by itself, with those that it refers to. */
function listings(): string[] {
    const lines = qvmLs(exampleQubes, qvmLsFields).split('\n').slice(0, -1);
    const find = (wanted: string) =>
        lines.find((line) => line.startsWith(`${wanted}|`)) ?? '';
    const cellsOf = (line: string) => line.split('|');
    const withReferences = (line: string): string[] => {
        const cells = cellsOf(line);
        return ['netvm', 'template']
            .map((column) => cells[columns.indexOf(column)] ?? '')
            .filter((other) => other !== '-' && other !== '')
            .flatMap((other) => [...withReferences(find(other)), find(other)]);
    };
    return lines.map((line) => {
        const all = [find('dom0'), ...withReferences(line), line];
        return [...new Set(all)].map((each) => `${each}\n`).join('');
    });
}

test('a listing of qvm-prefs that was tampered with is refused, or says so', () => {
    const corpus = ['work', 'halted', 'vault', 'template', 'dom0'].map((qube) =>
        withoutUnread(captured(`prefs-${qube}`)),
    );
    fuzz({
        line: 'qvm-prefs',
        share: 0.5,
        next: textInputs(seed, corpus, words),
        parse: (bytes) => parseQvmPrefs(bytes.toString('utf8')),
        check: (qube, bytes) => {
            const values = new Map<string, string | null>();
            const lines = bytes.toString('utf8').split('\n');
            demand(lines.pop() === '', 'the end of the last line');
            for (const line of lines) {
                const [, property = '', value] =
                    /^([a-z0-9_]+) +(?:U|[-D] {2}(.*))$/.exec(line) ?? [];
                demand(property !== '', `the line ${JSON.stringify(line)}`);
                demand(!values.has(property), 'a property twice');
                const isNone = ['', 'None', undefined].includes(value);
                values.set(property, isNone ? null : (value ?? null));
            }
            if (qube === null) {
                const klass = values.get('klass') ?? '';
                demand(withoutNetwork.includes(klass), 'a qube');
            } else {
                checkQube(qube, (property) => values.get(property) ?? null);
            }
        },
    });
});

test('features that were tampered with are refused, or as they were printed', () => {
    fuzz({
        line: 'qvm-features',
        share: 0.5,
        next: textInputs(seed, featureLists, [
            ...[
                'os-distribution',
                '  ',
                '\n',
                '\x1b[2J',
                'supported-rpc.x',
                '\t',
            ],
        ]),
        parse: (bytes) => parseFeatures(bytes.toString('utf8')),
        check: (features, bytes) => {
            const lines = bytes.toString('utf8').split('\n');
            demand(lines.pop() === '', 'the end of the last line');
            demand(lines.length === features.size, 'a feature for each line');
            for (const [at, [key, value]] of [...features].entries()) {
                const line = lines[at] ?? '';
                demand(/^[ -~]*$/.test(line), 'printable');
                demand(/^[\w.-]+$/.test(key), 'a name');
                demand(line.startsWith(key), 'the name');
                const rest = line.slice(key.length);
                demand(rest.replace(/^ +/, '') === value, 'the value');
                demand(rest === '' || rest.startsWith(' '), 'a gap');
            }
        },
    });
});

const featureLists = [
    captured('features-list'),
    'qrexec  1\nos      \n',
    'os-distribution-like             debian\n' +
        'supported-rpc.qubes.FilterProxy  1\n',
];

test('of a listing that was tampered with it is known or not whose the netvm is', () => {
    fuzz({
        line: 'qvm-prefs, netvm',
        share: 0.2,
        next: textInputs(
            seed,
            ['work', 'vault'].map((qube) =>
                withoutUnread(captured(`prefs-${qube}`)),
            ),
            words,
        ),
        parse: (bytes) => {
            const following = parseFollowing(bytes.toString('utf8'));
            return following.ok ? ok({ is: following.value }) : following;
        },
        check: ({ is }, bytes) => {
            const flags = bytes
                .toString('utf8')
                .split('\n')
                .filter((line) => /^netvm +[-D] {2}/.test(line));
            demand(flags.length === 1, 'one netvm');
            demand(/^netvm +D/.test(flags[0] ?? '') === is, 'the flag');
        },
    });
});

/** Three lines that are not looked at are enough to try those. */
function withoutUnread(listing: string): string {
    const lines = listing.split('\n').slice(0, -1);
    const read = lines.filter((line) =>
        columns.includes(line.split(' ')[0] ?? ''),
    );
    return [...lines.slice(0, 3), ...read].map((line) => `${line}\n`).join('');
}

/** Every field is the one that was printed, and as it may be. */
function checkQube(
    qube: Qube | undefined,
    printed: (property: string) => string | null,
): void {
    demand(qube !== undefined, 'a qube');
    const address = (property: string) => {
        const text = printed(property);
        return text === null ? null : canonicalIp(text);
    };
    const isName = (text: string | null) => text === null || name.test(text);
    demand(qube.name === printed('name') && name.test(qube.name), 'name');
    demand(qube.uuid === printed('uuid') && uuid.test(qube.uuid), 'uuid');
    demand(
        qube.class === printed('klass') &&
            /^(?:App|Disp|Standalone|Template)VM$/.test(qube.class),
        'class',
    );
    const xid = Number(printed('xid'));
    demand(/^-?\d+$/.test(printed('xid') ?? ''), 'xid');
    demand(qube.xid === (xid > 0 ? xid : null) && xid >= -1, 'xid');
    const emulator = Number(printed('stubdom_xid'));
    demand(/^-?\d+$/.test(printed('stubdom_xid') ?? ''), 'stubdom_xid');
    demand(
        qube.stubdomXid === (emulator > 0 ? emulator : null) && emulator >= -1,
        'stubdom_xid',
    );
    demand(qube.netvm === printed('netvm') && isName(qube.netvm), 'netvm');
    demand(
        qube.template === printed('template') && isName(qube.template),
        'template',
    );
    demand(qube.ip4 === address('ip'), 'ip');
    demand(qube.ip6 === address('ip6'), 'ip6');
    demand(qube.gateway4 === address('visible_gateway'), 'gateway');
    demand(qube.gateway6 === address('visible_gateway6'), 'gateway6');
    demand(
        String(qube.providesNetwork) ===
            printed('provides_network')?.toLowerCase(),
        'provides_network',
    );
    demand(
        String(qube.isDisposableTemplate) ===
            (printed('template_for_dispvms') ?? 'False').toLowerCase(),
        'template_for_dispvms',
    );
    demand(qube.netvm === null || qube.ip4 !== null, 'no address');
}
