// Loaded into the agent before its own code: notes which programs it starts,
// and when. Leaves a line of JSON in the file that TIMELINE names.
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import type { Span } from '../timeline.ts';

// performance.now() counts from the start of the process.
const spans: Span[] = [
    { what: 'Node.js starts', began: 0, ended: performance.now() },
];

/** Those that run, with when they began. */
const running = new Map<ChildProcess, number>();

function note(child: ChildProcess, began: number): void {
    const what = child.spawnargs.join(' ');
    spans.push({ what, began, ended: performance.now() });
}

subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    const began = performance.now();
    running.set(child, began);
    child.once('exit', () => {
        running.delete(child);
        note(child, began);
    });
});

process.once('exit', () => {
    // It has not waited for their ends.
    for (const [child, began] of running) {
        note(child, began);
    }
    const now = performance.now();
    spans.push({ what: 'it ends', began: now, ended: now });
    writeFileSync(process.env['TIMELINE'] ?? '', JSON.stringify(spans));
});
