// A qube is removed and another one gets its name, and with it its address:
// it starts with nothing, until its user says so.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gateway } from './agent.ts';
import { bed } from './bed.ts';
import { connects, reaches } from './fetch.ts';
import { config, filterproxy, forgetAll } from './filterproxy.ts';
import { prefs, untilAttached } from './network.ts';

/** A step that a test stands on. */
async function must(...args: string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await filterproxy(...args);
    expect([args, stderr, exitCode]).toEqual([args, '', 0]);
    return stdout;
}

async function remove(name: string): Promise<void> {
    await bed.run(['kill', name]);
    await bed.run(['remove', name]);
}

/** A running qube of that name; its address. */
async function make(name: string): Promise<string> {
    await bed.create(name, '--netvm', 'sys-filter');
    await bed.start(name);
    await untilAttached(name);
    // Of an earlier one's rules it says that they are not in force.
    await filterproxy('update');
    return prefs(name, 'ip');
}

beforeAll(async () => {
    await bed.up();
    await forgetAll();
}, 600_000);
afterAll(async () => {
    await remove('office');
    await forgetAll();
});

test('a new qube of a removed one’s name and address starts with nothing', async () => {
    const address = await make('office');
    await must('allow', 'office', 'work.org', '--comment', 'the old one’s');
    expect(await reaches('office', 'https://work.org/')).toBe(true);
    await remove('office');
    expect(await make('office')).toBe(address);
    expect(await connects('office', gateway)).toBe(false);
});

test('restore puts the rules of the removed one in force for it', async () => {
    expect(await must('restore', 'office')).toMatch(
        /^office: 1 rule restored, set aside .*\(the old one’s\)\nsys-filter: in force\n/s,
    );
    expect(await reaches('office', 'https://work.org/')).toBe(true);
    expect(await must('list', '--removed')).toBe('no rules are set aside\n');
});

test('allow for the next one lets it reach that host only, and the old rules are kept', async () => {
    await remove('office');
    await make('office');
    expect(await must('allow', 'office', 'more.org')).toContain(
        'sys-filter: in force\n',
    );
    expect(await reaches('office', 'https://more.org/')).toBe(true);
    expect(await reaches('office', 'https://work.org/')).toBe(false);
    expect(await must('list', '--removed', 'office')).toMatch(
        /^office {2}[-0-9]+T[:0-9]+Z {2}1 rule\n$/,
    );
    const { stdout } = await bed.dom0(
        'sh',
        '-c',
        `stat -c '%a %U %G' ${config}/removed ${config}/removed/*`,
    );
    expect(stdout).toBe('2770 root qubes\n660 root qubes\n');
});

test('copy has a qube without rules reach the same, at once', async () => {
    expect(await connects('work', gateway)).toBe(false);
    await must('copy', 'office', 'work');
    expect(await reaches('work', 'https://more.org/')).toBe(true);
    expect(await reaches('work', 'https://work.org/')).toBe(false);
    expect(await must('restore', 'banking', '--from', 'office')).toContain(
        'banking: 1 rule of office restored, ',
    );
    expect(await reaches('banking', 'https://work.org/')).toBe(true);
});
