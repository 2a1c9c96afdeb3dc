// Seen from the bundle in dist/bench/.
import { fileURLToPath } from 'node:url';

function fromBundle(path: string): string {
    return fileURLToPath(new URL(path, import.meta.url));
}

export const testbed = fromBundle('../../test/testbed/testbed');
export const resultFile = fromBundle('result.json');

export function bundle(
    name: 'stopwatch' | 'load' | 'timeline' | 'starts',
): string {
    return fromBundle(`${name}.mjs`);
}
