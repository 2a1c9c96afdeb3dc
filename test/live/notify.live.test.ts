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
    Xvfb -displayfd 3 -nolisten tcp -screen 0 640x400x24 3>"$HOME/display" &
    until [ -s "$HOME/display" ]; do kill -0 $!; sleep 0.1; done
    DISPLAY=:$(cat "$HOME/display"); export DISPLAY
    dunst -print >"$HOME/shown" &
    until dunstctl count >/dev/null 2>&1; do kill -0 $!; sleep 0.1; done
    echo "$DBUS_SESSION_BUS_ADDRESS"
    cat
    kill %1 %2`;

// Inside, since where the packages are depends on HOME.
const ownHome = [`HOME=${home}`, `XDG_RUNTIME_DIR=${home}`];
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
        ['env', ...ownHome, 'dbus-run-session', '--', 'bash', '-ec', session],
        { stdio: ['pipe', 'pipe', 'pipe'] },
    );
}

let desktop: ReturnType<typeof begin>;
let ended: Promise<unknown>;

beforeAll(async () => {
    execFileSync(join(testbed, 'setup'));
    desktop = begin();
    ended = once(desktop, 'exit');
    let complaints = '';
    desktop.stderr.on('data', (chunk) => {
        complaints += chunk;
    });
    const died = ended.then(() => {
        throw new Error(`the desktop ended: ${complaints}`);
    });
    const [line] = await Promise.race([once(desktop.stdout, 'data'), died]);
    address = String(line).trim();
    died.catch(() => undefined);
}, 600_000);

afterAll(async () => {
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
