import { expect, test } from 'vitest';
import { formatTimeline } from './timeline.ts';

test('a timeline is in the order in which things began', () => {
    const lines = formatTimeline([
        { what: 'nft --file -', began: 120.4, ended: 131.6 },
        { what: 'Node.js starts', began: 0, ended: 26.2 },
        { what: `systemctl ${'x'.repeat(100)}`, began: 90, ended: 1250 },
    ]);
    expect(lines).toEqual([
        '    0 ..   26  Node.js starts',
        `   90 .. 1250  systemctl ${'x'.repeat(50)}`,
        '  120 ..  132  nft --file -',
    ]);
});
