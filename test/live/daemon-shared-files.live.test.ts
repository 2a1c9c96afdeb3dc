// Rules for several qubes: sets that files include, and files of tags.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bed } from './bed.ts';
import {
    daemonDown,
    daemonUp,
    leftToDo,
    now,
    reached,
    saveRules,
    untilReached,
    untilSaid,
} from './daemon.ts';
import { config, filterproxy } from './filterproxy.ts';

beforeAll(daemonUp);
afterAll(async () => {
    await bed.dom0('qvm-tags', 'banking', 'del', 'red');
    await daemonDown();
});

/** A file of a set or a tag, written as an editor does. */
async function save(path: string, text: string): Promise<void> {
    const script = 'umask 007; cat >"$1~" && mv "$1~" "$1"';
    const command = ['dom0', 'sh', '-c', script, 'sh', `${config}/${path}`];
    await bed.must(command, { input: text });
}

test('a set is in force for whoever includes it', async () => {
    await save('sets/dev.rules', '^a\\.test$\n');
    await saveRules('work', '!include dev', '^b\\.test$');
    await untilReached({ work: 'a.test b.test', banking: 'nothing' });
    await save('sets/dev.rules', '^c\\.test$\n');
    await untilReached({ work: 'b.test c.test', banking: 'nothing' });
});

test('a qube that gets a tag is served by the file of it, until it loses that', async () => {
    await save('tags/red.rules', '!include dev\n^a\\.test$\n');
    await bed.must(['dom0', 'qvm-tags', 'banking', 'add', 'red']);
    await untilReached({ work: 'b.test c.test', banking: 'a.test c.test' });
    await bed.must(['dom0', 'qvm-tags', 'banking', 'del', 'red']);
    await untilReached({ work: 'b.test c.test', banking: 'nothing' });
    await bed.must(['dom0', 'qvm-tags', 'banking', 'add', 'red']);
    await untilReached({ banking: 'a.test c.test' });
});

test('an error in a set holds what is in force, for those that include it', async () => {
    const since = now();
    await saveRules('personal', '^a\\.test$');
    await save('sets/dev.rules', '^a\\.test$\n^b(\\.test$\n');
    await untilSaid(since, /sets\/dev\.rules:2: /);
    expect(await reached(['work', 'banking'])).toEqual({
        work: 'b.test c.test',
        banking: 'a.test c.test',
    });
    await save('sets/dev.rules', '^c\\.test$\n');
    await untilReached({ work: 'b.test c.test', banking: 'a.test c.test' });
});

test('check says through which files a host is let through', async () => {
    const { stdout } = await filterproxy('check', 'banking', 'c.test');
    expect(stdout).toBe(
        `banking: c.test is allowed by ^c\\.test$
    ${config}/sets/dev.rules:1, included at ${config}/tags/red.rules:1
`,
    );
});

test('in the end there is nothing left to do', async () => {
    expect(await leftToDo()).toEqual([]);
});
