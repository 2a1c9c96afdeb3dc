// admin.Events while commands run, against the streams of the real qubesd.

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import session from '../../golden/cli/session.json' with { type: 'json' };
import { startCapturedQubes } from './capture-state.ts';
import {
    EventRecorder,
    parseEvents,
    type RecordedEvent,
} from './event-recorder.ts';
import { runStandIn } from './run-stand-in.ts';
import { runWithoutStandIn } from './without-stand-in.ts';

const golden = new URL('../../golden/events/', import.meta.url);

/** Set at the end of each run: everything before it has arrived. */
const endMark = 'domain-feature-set:end-of-test';

/**
 * Left out of the comparison: block devices came from the simulated
 * hypervisor of the capture, and the stand-in has no volumes to import.
 */
const leftOut = [
    'device-list-change:block',
    'domain-qdb-change:/qubes-block-devices',
    'domain-import-volume',
];

/** A disposable's number is drawn at random. */
function comparable(events: readonly RecordedEvent[]): string[] {
    return events
        .filter(({ event }) => !leftOut.includes(event))
        .map(({ subject, event, kwargs }) =>
            [subject, event, ...kwargs.map((pair) => pair.join('='))]
                .join(' ')
                .replace(/\bdisp[0-9]{1,4}\b/g, 'dispN'),
        );
}

async function eventsWhile(
    running: readonly string[],
    commands: readonly (readonly string[])[],
): Promise<string[]> {
    const qubes = await startCapturedQubes(running);
    const recorder = new EventRecorder(qubes.socketPath);
    await recorder.until('connection-established');
    for (const argv of commands) {
        await run(qubes.socketPath, argv);
    }
    await runStandIn(qubes.socketPath, [
        'qvm-features',
        'vault',
        'end-of-test',
        '1',
    ]);
    await recorder.until(endMark);
    const recorded = comparable(recorder.events);
    recorder.close();
    await qubes.close();
    return recorded.filter((line) => !line.includes('end-of-test'));
}

async function run(socketPath: string, argv: readonly string[]): Promise<void> {
    const done = await runWithoutStandIn(socketPath, argv);
    if (!done) {
        await runStandIn(socketPath, argv);
    }
}

async function captured(file: string): Promise<string[]> {
    const text = await readFile(new URL(file, golden), 'utf8');
    const lines = text.split('\n').filter((line) => line !== '');
    return comparable(lines.map((line) => JSON.parse(line)));
}

const netvms = ['sys-net', 'sys-firewall', 'sys-filter'];

describe('the event stream is the real one, event for event', () => {
    test('start, pause, netvm, features, tags, firewall, create, dispose', async () => {
        const expected = await captured('stream.jsonl');
        const recorded = await eventsWhile(
            [...netvms, 'work'],
            [
                ['qvm-start', 'banking'],
                ['qvm-pause', 'banking'],
                ['qvm-unpause', 'banking'],
                ['qvm-prefs', 'personal', 'netvm', 'sys-filter'],
                ['qvm-prefs', 'personal', 'netvm', ''],
                ['qvm-prefs', '-D', 'personal', 'netvm'],
                ['qvm-prefs', 'banking', 'netvm', 'sys-firewall'],
                ['qvm-prefs', 'banking', 'netvm', ''],
                ['qvm-prefs', 'banking', 'netvm', 'sys-filter'],
                ['qvm-prefs', 'banking', 'netvm', 'sys-filter'],
                ['qvm-prefs', 'banking', 'label', 'blue'],
                ['qvm-prefs', 'banking', 'label', 'green'],
                ['qubes-prefs', 'default_netvm', 'sys-filter'],
                ['qubes-prefs', 'default_netvm', 'sys-firewall'],
                ['qvm-features', 'banking', 'rig', '1'],
                ['qvm-features', 'banking', 'rig', '2'],
                ['qvm-features', '--unset', 'banking', 'rig'],
                ['qvm-tags', 'banking', 'add', 'rigtag'],
                ['qvm-tags', 'banking', 'add', 'rigtag'],
                ['qvm-tags', 'banking', 'del', 'rigtag'],
                ['qvm-features', 'banking', 'service.rigsvc', '1'],
                ['qvm-features', '--unset', 'banking', 'service.rigsvc'],
                ['qvm-firewall', 'banking', 'add', 'drop', 'dst4=192.0.2.1'],
                ['qvm-firewall', 'banking', 'reset'],
                ['qvm-shutdown', '--wait', 'banking'],
                ['qvm-start', 'banking'],
                ['qvm-kill', 'banking'],
                ['qvm-create', '-t', 'fedora-41', '-l', 'red', 'newvm'],
                ['qvm-start', 'newvm'],
                ['qvm-kill', 'newvm'],
                ['qvm-clone', 'newvm', 'newvm2'],
                ['qvm-remove', '-f', 'newvm2'],
                ['qvm-remove', '-f', 'newvm'],
                ['qvm-features', 'vault', 'prohibit-start', 'x'],
                ['qvm-start', 'vault'],
                ['qvm-features', '--unset', 'vault', 'prohibit-start'],
                ['qvm-run', '--dispvm', 'work-dvm'],
            ],
        );
        expect(expected.length).toBeGreaterThan(120);
        expect(recorded).toEqual(expected);
    });

    test('a netvm restarts, a paused qube moves, a qube dies', async () => {
        const expected = await captured('stream2.jsonl');
        const recorded = await eventsWhile(
            [...netvms, 'work'],
            [
                ['qvm-start', '--skip-if-running', 'work', 'banking'],
                ['qvm-shutdown', '--wait', 'sys-filter'],
                ['qvm-shutdown', '--wait', '--force', 'sys-filter'],
                ['qvm-start', 'sys-filter'],
                ['qvm-pause', 'work'],
                ['qvm-prefs', 'work', 'netvm', 'sys-firewall'],
                ['qvm-unpause', 'work'],
                ['qvm-prefs', 'work', 'netvm', 'sys-filter'],
                ['qvm-kill', 'sys-filter'],
                ['qvm-start', 'sys-filter'],
                ['qvm-kill', 'banking'],
                ['qvm-clone', 'vault', 'vault2'],
                ['qvm-prefs', 'vault2', 'provides_network', 'True'],
                ['qvm-remove', '-f', 'vault2'],
                // A qube that powers itself off sends what a killed one does.
                ['qvm-kill', 'work'],
                ['qvm-start', 'work'],
            ],
        );
        expect(expected.length).toBeGreaterThan(90);
        expect(recorded).toEqual(expected);
    });

    test('a whole chain starts, addresses change, qubes are cloned', async () => {
        const bytes = await readFile(new URL('stream3.bin', golden));
        const expected = comparable(parseEvents(bytes));
        const recorded = await eventsWhile(
            [],
            session.map(({ argv }) => argv),
        );
        expect(expected.length).toBeGreaterThan(90);
        expect(recorded).toEqual(expected);
    });
});

test('a listener to one qube hears of no other', async () => {
    const qubes = await startCapturedQubes([]);
    const recorder = new EventRecorder(qubes.socketPath, 'vault');
    await recorder.until('connection-established');
    for (const qube of ['work', 'vault']) {
        await runStandIn(qubes.socketPath, ['qvm-tags', qube, 'add', 'seen']);
    }
    await recorder.until('domain-tag-add:seen');
    expect(recorder.events.map(({ subject }) => subject)).toEqual([
        '',
        'vault',
    ]);
    recorder.close();
    await qubes.close();
});
