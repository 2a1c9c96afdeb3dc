// One session of the real tools, from a machine at rest: IPv6, addresses set
// by hand, created and cloned qubes, and every way of the Qubes firewall.

import { expect, test } from 'vitest';
import session from '../../golden/cli/session.json' with { type: 'json' };
import { startCapturedQubes } from './capture-state.ts';
import { type CommandResult, hasStandIn, runStandIn } from './run-stand-in.ts';
import { runWithoutStandIn } from './without-stand-in.ts';

/** A rule that expires "in 60 seconds" names the time of its making. */
function masked({ rc, stdout, stderr }: CommandResult): CommandResult {
    const expire = /\bexpire=[0-9]{10}\b/g;
    return { rc, stdout: stdout.replace(expire, 'expire=TIME'), stderr };
}

test('the stand-ins repeat a session of the real tools', async () => {
    const { socketPath, close } = await startCapturedQubes([]);
    const shown: string[] = [];
    for (const { argv, ...capture } of session) {
        if (hasStandIn(argv[0] ?? '')) {
            const outcome = await runStandIn(socketPath, argv);
            shown.push(argv.join(' '));
            expect(masked(outcome), argv.join(' ')).toEqual(masked(capture));
        } else {
            // qvm-clone: only its effect.
            expect(await runWithoutStandIn(socketPath, argv)).toBe(true);
        }
    }
    await close();
    expect(shown.length).toBe(51);
});
