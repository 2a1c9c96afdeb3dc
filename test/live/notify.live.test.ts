// Notifications as a real server shows them: dunst, on a bus and a screen of
// its own.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { libnotify } from '../../dom0/adapters/notify.ts';
import { type RunCommand, runCommand } from '../../shared/io/run-command.ts';
import { ok } from '../../shared/result.ts';

const testbed = join(import.meta.dirname, '../testbed');
const withPackages = join(testbed, 'with-packages');
const home = mkdtempSync(join(tmpdir(), 'desktop-'));

/** It ends when its standard input does. */
const session = `
    Xvfb -displayfd 3 -nolisten tcp -screen 0 640x400x24 3>"$HOME/display" \\
        2>/dev/null &
    until [ -s "$HOME/display" ]; do sleep 0.1; done
    DISPLAY=:$(cat "$HOME/display"); export DISPLAY
    dunst -print >"$HOME/shown" 2>/dev/null &
    until dunstctl count >/dev/null 2>&1; do sleep 0.1; done
    echo "$DBUS_SESSION_BUS_ADDRESS"
    cat
    kill %1 %2`;

const environment = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home };
let address = '';

const inSession: RunCommand = (file, args, options) =>
    runCommand(
        withPackages,
        ['env', `DBUS_SESSION_BUS_ADDRESS=${address}`, file, ...args],
        options,
    );

function begin() {
    return spawn(
        withPackages,
        ['dbus-run-session', '--', 'bash', '-c', session],
        { env: environment, stdio: ['pipe', 'pipe', 'ignore'] },
    );
}

let desktop: ReturnType<typeof begin>;

beforeAll(async () => {
    execFileSync(join(testbed, 'setup'));
    desktop = begin();
    const [line] = await once(desktop.stdout, 'data');
    address = String(line).trim();
}, 600_000);

afterAll(async () => {
    const ended = once(desktop, 'exit');
    desktop.stdin.end();
    await ended;
    rmSync(home, { recursive: true });
});

async function shown(): Promise<string> {
    return (await inSession('cat', [join(home, 'shown')])).stdout.toString();
}

async function waiting(): Promise<string> {
    const { stdout } = await inSession('dunstctl', ['count', 'displayed']);
    return stdout.toString().trim();
}

test('a button that is pressed is told, and the text is shown as it is', async () => {
    const told = libnotify(inSession)({
        summary: 'work was refused a.test',
        body: 'a <b> & c\nsecond line',
        actions: ['Allow a.test'],
    });
    await expect.poll(waiting, { timeout: 10_000 }).toBe('1');
    const text = await shown();
    expect(text).toContain("summary: 'work was refused a.test'");
    expect(text).toContain("body: 'a &lt;b&gt; &amp; c\nsecond line'");
    expect(text).toContain('"0": "Allow a.test"');
    await inSession('dunstctl', ['action']);
    expect(await told).toEqual(ok(0));
});

test('one that is closed is told as no button', async () => {
    const told = libnotify(inSession)({
        summary: 'closed',
        body: '',
        actions: ['Allow a.test'],
    });
    await expect.poll(waiting, { timeout: 10_000 }).toBe('1');
    await inSession('dunstctl', ['close']);
    expect(await told).toEqual(ok(null));
});

test('without a server it is told why', async () => {
    const nowhere: RunCommand = (file, args, options) =>
        runCommand(
            withPackages,
            ['env', 'DBUS_SESSION_BUS_ADDRESS=unix:path=/none', file, ...args],
            options,
        );
    const told = await libnotify(nowhere)({
        summary: 'x',
        body: '',
        actions: [],
    });
    expect(told).toMatchObject({
        ok: false,
        error: expect.stringContaining('notify-send: '),
    });
});
