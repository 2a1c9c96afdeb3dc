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

subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    const began = performance.now();
    child.once('exit', () => {
        const what = child.spawnargs.join(' ');
        spans.push({ what, began, ended: performance.now() });
    });
});

process.once('exit', () => {
    const now = performance.now();
    spans.push({ what: 'it ends', began: now, ended: now });
    writeFileSync(process.env['TIMELINE'] ?? '', JSON.stringify(spans));
});
