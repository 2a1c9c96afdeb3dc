// Rule files that are edited by hand are in force when they are saved.
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
import { config } from './filterproxy.ts';

beforeAll(daemonUp);
afterAll(daemonDown);

const file = `${config}/qubes/work.rules`;

async function dom0(script: string): Promise<void> {
    await bed.must(['dom0', 'sh', '-ec', script]);
}

test('a rule file that is saved is in force', async () => {
    expect(await reached(['work'])).toEqual({ work: 'nothing' });
    await saveRules('work', '^a\\.test$');
    await untilReached({ work: 'a.test', banking: 'nothing' });
});

test('so is one that is written in place, by anybody of the group', async () => {
    await dom0(`echo '^b\\.test$' | su -s /bin/sh user -c 'cat >>${file}'`);
    await untilReached({ work: 'a.test b.test' });
});

test('of one with an error nothing is in force, and the journal says where', async () => {
    const since = now();
    await saveRules('work', '^c\\.test$', '^a(\\.test$');
    await untilSaid(since, /work\.rules:2: /);
    expect(await reached(['work'])).toEqual({ work: 'a.test b.test' });
    await saveRules('work', '^c\\.test$');
    await untilReached({ work: 'c.test' });
});

test('one that is removed serves nobody, and its end loses no other', async () => {
    await saveRules('banking', '^b\\.test$');
    await untilReached({ work: 'c.test', banking: 'b.test' });
    await dom0(`rm ${file}`);
    await untilReached({ work: 'nothing', banking: 'b.test' });
});

test('a whole directory of them that is replaced is in force', async () => {
    await dom0(
        `cd ${config}; cp -a qubes new; echo '^a\\.test$' >new/work.rules
         mv qubes old; mv new qubes; rm -r old`,
    );
    await untilReached({ work: 'a.test', banking: 'b.test' });
    // And is watched as the one before.
    await saveRules('work', '^c\\.test$');
    await untilReached({ work: 'c.test', banking: 'b.test' });
});

test('in the end there is nothing left to do', async () => {
    expect(await leftToDo()).toEqual([]);
});
