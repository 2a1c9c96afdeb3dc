// Rules edited in an editor, taken back and brought back, with what that lets
// a qube reach.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bed } from './bed.ts';
import { daemonDown, daemonUp } from './daemon.ts';
import { reaches } from './fetch.ts';
import { config, filterproxy } from './filterproxy.ts';

/** A step that a test stands on. */
async function must(...args: string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await filterproxy(...args);
    expect([args, stderr, exitCode]).toEqual([args, '', 0]);
    return stdout;
}

const inDom0 = (command: string) => bed.dom0('sh', '-c', command);

/** In a terminal, with that for an editor, giving up; what is seen there. */
async function edit(editor: string): Promise<string> {
    const { stdout } = await inDom0(
        `echo x | VISUAL="${editor}" script --quiet --return ` +
            "--command 'qvm-filterproxy edit work' /dev/null",
    );
    return stdout.replaceAll('\r', '');
}

beforeAll(daemonUp, 600_000);
afterAll(daemonDown);

test('undo closes what allow opened, and opens it again', async () => {
    await must('allow', 'work', 'a.test');
    expect(await reaches('work', 'https://a.test/')).toBe(true);
    await must('undo', 'work');
    expect(await reaches('work', 'https://a.test/')).toBe(false);
    expect(await must('undo')).toContain(
        '    + ^a\\.test$\n          The host a.test and no other.\nsys-filter: in force\n',
    );
    expect(await reaches('work', 'https://a.test/')).toBe(true);
});

test('what is saved in an editor is in force on return', async () => {
    const out = await edit('sed -i s/a/b/');
    expect(out).toContain(
        'work: changed\n    - ^a\\.test$\n    + ^b\\.test$\n',
    );
    expect(await reaches('work', 'https://a.test/')).toBe(false);
    expect(await reaches('work', 'https://b.test/')).toBe(true);
});

test('what is saved with errors is shown, and not in force', async () => {
    const out = await edit('sed -i s/b/[/');
    expect(out).toMatch(/\/tmp\/qvm-filterproxy-\w+\/work\.rules:1: /);
    expect(out).toContain('work: left as it was\n');
    expect(await reaches('work', 'https://b.test/')).toBe(true);
});

test('a change by hand is in force and recorded, and can be taken back', async () => {
    await inDom0(`echo '^c\\.test$' >>${config}/qubes/work.rules`);
    await expect
        .poll(() => must('history', 'work'), { timeout: 15_000 })
        .toMatch(/^5 .* work {2}unknown {2}by hand\n {4}\+ \^c/);
    await expect
        .poll(() => reaches('work', 'https://c.test/'), { timeout: 15_000 })
        .toBe(true);
    await must('undo', 'work');
    expect(await reaches('work', 'https://c.test/')).toBe(false);
    const { stdout } = await inDom0(
        `stat -c '%a %U %G' ${config}/history ${config}/history/*`,
    );
    const [directory, ...files] = stdout.trimEnd().split('\n');
    expect(directory).toBe('2770 root qubes');
    expect(new Set(files)).toEqual(new Set(['660 root qubes']));
    expect(files.length).toBe(6);
});
