// The packages in qubes that work: the real rpm takes them out and puts them
// in again while proxies run. Then every command, as strictly as Node.js can.
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandTable } from '../../dom0/cli/command-table.ts';
import { bed } from './bed.ts';
import { daemonDown, daemonUp, untilReached } from './daemon.ts';
import { config, filterproxy } from './filterproxy.ts';

const packages = fileURLToPath(new URL('../../dist/packages', import.meta.url));
const program = 'qubes-filterproxy';
const dom0Program = 'qubes-filterproxy-dom0';
const sysFilter = ['qube', 'sys-filter'];
const dom0 = ['dom0'];

/** The testbed only copied the files there: rpm learns of them. */
async function register(where: string[], name: string): Promise<void> {
    const version = new RegExp(`^${name}-\\d.*\\.rpm$`);
    const file = (await readdir(packages)).find((each) => version.test(each));
    const input = await readFile(`${packages}/${file}`);
    await bed.must([...where, 'sh', '-c', 'cat >/tmp/our.rpm'], { input });
    const only = ['--replacepkgs', '--justdb', '--noscripts'];
    await rpm(where, '--install', ...only, '/tmp/our.rpm');
}

async function rpm(where: string[], ...args: string[]): Promise<void> {
    const all = ['rpm', '--nodeps', '--force-debian', ...args];
    await bed.must([...where, ...all]);
}

/** Ends with a system that has them, whatever failed. */
async function putBack(where: string[]): Promise<void> {
    await rpm(where, '--install', '--replacepkgs', '/tmp/our.rpm');
}

async function proxies(): Promise<string> {
    return (await bed.qube('sys-filter', 'pgrep', '-x', 'tinyproxy')).stdout;
}

beforeAll(async () => {
    await daemonUp();
    await register(sysFilter, program);
    await register(dom0, dom0Program);
    await filterproxy('allow', 'work', 'a.test');
}, 600_000);
afterAll(async () => {
    await putBack(sysFilter);
    await putBack(dom0);
    await daemonDown();
});

test('a package that is put in its own place leaves proxies running', async () => {
    await untilReached({ work: 'a.test' });
    const before = await proxies();
    expect(before).not.toBe('');
    await rpm(sysFilter, '--upgrade', '--replacepkgs', '/tmp/our.rpm');
    expect(await proxies()).toBe(before);
    await untilReached({ work: 'a.test' });
});

test('a ProxyVM whose package is removed serves nobody, until it is back', async () => {
    await rpm(sysFilter, '--erase', program);
    expect(await proxies()).toBe('');
    const ruleset = await bed.qube('sys-filter', 'nft', 'list', 'ruleset');
    expect(ruleset.stdout).not.toContain('filterproxy');
    const units = [
        'systemctl',
        'list-units',
        '--all',
        '--plain',
        '--no-legend',
    ];
    const left = await bed.qube('sys-filter', ...units, `${program}*`);
    expect(left.stdout).toBe('');
    await untilReached({ work: 'nothing' });
    const { stderr, exitCode } = await filterproxy('update', 'sys-filter');
    expect(stderr).toContain('its filter proxy agent is gone');
    expect(exitCode).toBe(1);
    await putBack(sysFilter);
    expect(await proxies()).toBe('');
    await filterproxy('update', 'sys-filter');
    await untilReached({ work: 'a.test' });
});

test('dom0 without the package serves nobody, and keeps its rules', async () => {
    await rpm(dom0, '--erase', dom0Program);
    expect(await proxies()).toBe('');
    const rules = await bed.dom0('cat', `${config}/qubes/work.rules`);
    expect(rules.stdout).toContain('test');
    const stopped = await bed.dom0('cat', `${config}/stopped.json`);
    expect(stopped.exitCode).toBe(1);
    await putBack(dom0);
    await untilReached({ work: 'a.test' });
});

/** How each command is called, changing nothing that others need. */
const calls: Record<string, string> = {
    setup: 'setup sys-filter work --dry-run',
    allow: 'allow work b.test',
    blocked: 'blocked work',
    learn: 'learn work --for 5m --dry-run',
    watch: 'watch work',
    suggest: 'suggest no-such-qube',
    deny: 'deny work c.test --dry-run',
    default: 'default work deny --dry-run',
    remove: 'remove work b.test --dry-run',
    update: 'update',
    stop: 'stop work --dry-run',
    start: 'start work --dry-run',
    restart: 'restart work --dry-run',
    'kill-all': 'kill-all --dry-run',
    'kill-all-and-restart': 'kill-all-and-restart --dry-run',
    lock: 'lock work --dry-run',
    unlock: 'unlock work --dry-run',
    edit: 'edit work',
    undo: 'undo work --dry-run',
    history: 'history work',
    import: `import ${config}`,
    export: 'export /tmp/rules.tar',
    list: 'list work',
    lint: 'lint work',
    check: 'check work a.test',
    show: 'show',
    doctor: 'doctor work',
    client: 'client work --apply --dry-run',
    copy: 'copy work banking --dry-run',
    restore: 'restore no-such-qube',
};

/**
 * Some want a terminal, and others a qube that there is or was; work is not
 * locked, says the doctor.
 */
const refused: Record<string, string> = {
    doctor: '1',
    edit: '1',
    restore: '2',
    suggest: '2',
    watch: '1',
};

test('bash completes what the installed program says', async () => {
    const script = [
        'source /usr/share/bash-completion/completions/qvm-filterproxy',
        'COMP_LINE="qvm-filterproxy remove work "',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's
        'COMP_POINT=${#COMP_LINE}',
        '_qvm_filterproxy',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's
        'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    const { stdout } = await bed.dom0('bash', '-c', script);
    const rules = await bed.dom0('cat', `${config}/qubes/work.rules`);
    expect(rules.stdout).not.toBe('');
    expect(stdout).toBe(rules.stdout.replaceAll(/^.+$/gm, "'$&'"));
});

test('every command runs where no code is made of text', async () => {
    const names = commandTable.map(({ usage }) => usage.split(' ')[0] ?? '');
    expect(names.toSorted()).toEqual(Object.keys(calls).toSorted());
    const node =
        'EDITOR=true node --disallow-code-generation-from-strings ' +
        '--no-addons --throw-deprecation /usr/bin/qvm-filterproxy';
    const script = names
        .map((name) => `echo "= ${name}"; ${node} ${calls[name]}; echo "$?"`)
        .join('\n');
    const { stdout, stderr } = await bed.run(['dom0', 'sh', '-c', script], {
        timeoutMs: 55_000,
    });
    expect(stdout + stderr).not.toMatch(/Code generation|EvalError|\n {4}at /);
    const ends = stdout
        .split(/^= /m)
        .slice(1)
        .map((part) => {
            const lines = part.trimEnd().split('\n');
            return [lines[0], lines.at(-1)];
        });
    expect(ends).toEqual(names.map((name) => [name, refused[name] ?? '0']));
});
