#!/usr/bin/node
// The recorder: runs while a proxy records all requests, and ends when none
// does. systemd starts it again whenever there is one: see its unit.
import { Recorder } from '../recorder/recorder.ts';

const lookEveryMs = 100;
/** So long it waits for another proxy. */
const idleMs = 2000;

const recorder = new Recorder();
let busyAt = performance.now();

const timer = setInterval(() => {
    if (recorder.look()) {
        busyAt = performance.now();
    } else if (performance.now() - busyAt > idleMs) {
        clearInterval(timer);
    }
}, lookEveryMs);
