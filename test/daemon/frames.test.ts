// The stream of admin.Events, as the real qubesd sent it.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
    cutEvents,
    type Event,
    maxEventBytes,
} from '../../dom0/core/events/frames.ts';

const golden = new URL('../golden/events/', import.meta.url);

const bytesOf = (file: string) => readFileSync(new URL(file, golden));

interface Captured {
    readonly subject: string;
    readonly event: string;
    readonly kwargs: readonly (readonly [string, string])[];
}

function captured(file: string): Captured[] {
    const text = readFileSync(new URL(file, golden), 'utf8');
    return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
}

/** Cuts what comes in these pieces, as a connection does. */
function cutPieces(pieces: readonly Uint8Array[]): Event[] {
    const events: Event[] = [];
    let rest: Uint8Array = new Uint8Array();
    for (const piece of pieces) {
        const cut = cutEvents(Buffer.concat([rest, piece]));
        if (!cut.ok) {
            throw new Error(cut.error);
        }
        events.push(...cut.value.events);
        rest = cut.value.rest;
    }
    expect(rest.length).toBe(0);
    return events;
}

function split(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
    const cuts = [...new Set(at.map((each) => each % bytes.length))].sort(
        (a, b) => a - b,
    );
    return [0, ...cuts].map((from, index) =>
        bytes.subarray(from, cuts[index] ?? bytes.length),
    );
}

describe.each(['stream', 'stream2'])('the captured %s', (name) => {
    const bytes = bytesOf(`${name}.bin`);

    test('is cut into the events that were captured', () => {
        const events = cutPieces([bytes]).map((event) => ({
            subject: event.untrusted_subject,
            event: event.name,
            kwargs: [...event.untrusted_args],
        }));
        const expected = captured(`${name}.jsonl`).map(
            ({ subject, event, kwargs }) => ({ subject, event, kwargs }),
        );
        expect(events).toEqual(expected);
    });

    test('is cut the same, in whatever pieces it comes', () => {
        const whole = cutPieces([bytes]);
        fc.assert(
            fc.property(fc.array(fc.nat(), { maxLength: 40 }), (at) => {
                expect(cutPieces(split(bytes, at))).toEqual(whole);
            }),
            { numRuns: 200, seed: 4 },
        );
    });
});

test.each([
    ['an exception', '2\0QubesException\0\0no\0'],
    ['an answer', '0\0work class=AppVM\n\0\0'],
    ['an event without a name', '1\0work\0\0\0'],
    ['the beginning of an exception', '2'],
    ['something else', 'no\0such\0thing\0\0'],
])('%s is no event', (_, text) => {
    expect(cutEvents(Buffer.from(text)).ok).toBe(false);
});

test('a value may be empty, and have any byte but NUL', () => {
    const bytes = Buffer.from('1\0work\0some\0a\0\0b\0\xff\n\0\0', 'latin1');
    expect(cutPieces([bytes])[0]?.untrusted_args).toEqual(
        new Map([
            ['a', ''],
            ['b', '\xff\n'],
        ]),
    );
});

test('an event that never ends is refused before it fills the memory', () => {
    const endless = Buffer.alloc(maxEventBytes + 1, 'a');
    endless.write('1\0');
    expect(cutEvents(endless.subarray(0, maxEventBytes)).ok).toBe(true);
    expect(cutEvents(endless).ok).toBe(false);
});
