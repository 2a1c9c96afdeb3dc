// The usage texts of the real tools (qubes-core-admin-client 4.4.0), with
// those of their options that the stand-ins know. An option that is only in
// the text is refused as unrecognized.

import type { Option, Usage } from './arguments.ts';

export const flag = (...names: string[]): Option => ({
    names,
    takes: 'nothing',
});
export const one = (...names: string[]): Option => ({ names, takes: 'one' });
const many = (...names: string[]): Option => ({ names, takes: 'many' });
const integer = (name: string): Option => ({
    names: [name],
    takes: 'one',
    integer: true,
});

export const common = [
    flag('--verbose', '-v'),
    flag('--quiet', '-q'),
    flag('--version'),
    flag('--force-root'),
];

export const group = [...common, flag('--all'), one('--exclude')];

const preferences = [
    ...common,
    flag('--hide-default'),
    flag('--get', '-g'),
    flag('--set', '-s'),
    flag('--default', '-D'),
];

export function usage(
    program: string,
    options: readonly Option[],
    lines: readonly string[],
): Usage {
    const indent = ' '.repeat(`usage: ${program} `.length);
    const text = lines
        .map(
            (line, at) =>
                `${at === 0 ? `usage: ${program} ` : indent}${line}\n`,
        )
        .join('');
    return { program, options, text };
}

export const usages = {
    prefs: usage('qvm-prefs', preferences, [
        '[--verbose] [--quiet] [--help] [--version]',
        '[--help-properties] [--hide-default] [--get] [--set]',
        '[--default]',
        'VMNAME [PROPERTY] [VALUE]',
    ]),
    globalPrefs: usage('qubes-prefs', preferences, [
        '[--verbose] [--quiet] [--help] [--version]',
        '[--help-properties] [--hide-default] [--get] [--set]',
        '[--default]',
        '[PROPERTY] [VALUE]',
    ]),
    ls: usage(
        'qvm-ls',
        [
            ...group,
            one('--format', '-o'),
            one('--fields', '-O'),
            flag('--raw-data'),
            flag('--raw-list'),
            flag('--network', '-n'),
            flag('--kernel', '-k'),
            many('--class'),
            many('--label'),
            many('--tags'),
            many('--exclude-tags'),
            flag('--running'),
            flag('--paused'),
            flag('--halted'),
            flag('--spinner'),
            flag('--no-spinner'),
        ],
        [
            '[--verbose] [--quiet] [--help] [--version] [--all]',
            '[--exclude EXCLUDE] [--format FORMAT] [--fields FIELD,...]',
            '[--tree] [--raw-data] [--raw-list] [--disk] [--network]',
            '[--kernel] [--help-formats] [--help-columns]',
            '[--class CLASS [CLASS ...]] [--label LABEL [LABEL ...]]',
            '[--tags TAG [TAG ...]] [--exclude-tags TAG [TAG ...]]',
            '[--running] [--paused] [--halted]',
            '[--template-source TEMPLATE [TEMPLATE ...]]',
            '[--netvm-is NETVM [NETVM ...]] [--internal <y|n>]',
            '[--servicevm <y|n>] [--pending-update]',
            '[--features FEATURE=VALUE [FEATURE=VALUE ...]]',
            '[--prefs PREFERENCE=VALUE [PREFERENCE=VALUE ...]]',
            '[--sort COLUMN] [--reverse] [--ignore-case] [--spinner]',
            '[--no-spinner]',
            '[VMNAME ...]',
        ],
    ),
    features: usage(
        'qvm-features',
        [...common, flag('--unset', '--default', '--delete', '-D')],
        [
            '[--verbose] [--quiet] [--help] [--version] [--unset]',
            'VMNAME [FEATURE] [VALUE]',
        ],
    ),
    tags: usage('qvm-tags', common, [
        '[--verbose] [--quiet] [--help] [--version]',
        'VMNAME {list,ls,l,add,a,set,del,d,unset,u} ...',
    ]),
    tagsList: usage('qvm-tags VMNAME list', common, [
        '[--verbose] [--quiet] [--help] [--version] [tag]',
    ]),
    tagsAdd: usage('qvm-tags VMNAME add', common, [
        '[--verbose] [--quiet] [--help] [--version]',
        'tag [tag ...]',
    ]),
    tagsDel: usage('qvm-tags VMNAME del', common, [
        '[--verbose] [--quiet] [--help] [--version] tag',
    ]),
    firewall: usage(
        'qvm-firewall',
        [...common, flag('--reload', '-r'), flag('--raw')],
        [
            '[--verbose] [--quiet] [--help] [--version] [--reload]',
            '[--raw]',
            'VMNAME {add,del,list,reset} ...',
        ],
    ),
    firewallAdd: usage(
        'qvm-firewall VMNAME add',
        [...common, integer('--before')],
        [
            '[--verbose] [--quiet] [--help] [--version]',
            '[--before BEFORE]',
            'match [match ...]',
        ],
    ),
    firewallDel: usage(
        'qvm-firewall VMNAME del',
        [...common, integer('--rule-no')],
        [
            '[--verbose] [--quiet] [--help] [--version]',
            '[--rule-no RULE_NO]',
            '[match ...]',
        ],
    ),
    firewallOther: usage('qvm-firewall VMNAME list', common, [
        '[--verbose] [--quiet] [--help] [--version]',
    ]),
    start: usage(
        'qvm-start',
        [...group, flag('--skip-if-running')],
        [
            '[--verbose] [--quiet] [--help] [--version] [--all]',
            '[--exclude EXCLUDE] [--skip-if-running]',
            '[--drive DRIVE | --hddisk IMAGE | --cdrom IMAGE | --install-windows-tools]',
            '[VMNAME ...]',
        ],
    ),
    shutdown: usage(
        'qvm-shutdown',
        [...group, flag('--wait'), flag('--force'), flag('--dry-run')],
        [
            '[--verbose] [--quiet] [--help] [--version] [--all]',
            '[--exclude EXCLUDE] [--wait] [--timeout TIMEOUT] [--force]',
            '[--dry-run]',
            '[VMNAME ...]',
        ],
    ),
    kill: usage('qvm-kill', group, [
        '[--verbose] [--quiet] [--help] [--version] [--all]',
        '[--exclude EXCLUDE]',
        '[VMNAME ...]',
    ]),
    pause: usage('qvm-pause', group, [
        '[--verbose] [--quiet] [--help] [--version] [--all]',
        '[--exclude EXCLUDE] [--suspend]',
        '[VMNAME ...]',
    ]),
    unpause: usage('qvm-unpause', group, [
        '[--verbose] [--quiet] [--help] [--version] [--all]',
        '[--exclude EXCLUDE]',
        '[VMNAME ...]',
    ]),
    check: usage(
        'qvm-check',
        [
            ...group,
            flag('--running'),
            flag('--paused'),
            flag('--template'),
            flag('--networked'),
        ],
        [
            '[--verbose] [--quiet] [--help] [--version] [--all]',
            '[--exclude EXCLUDE] [--running] [--paused] [--template]',
            '[--networked]',
            '[VMNAME ...]',
        ],
    ),
} satisfies Record<string, Usage>;
