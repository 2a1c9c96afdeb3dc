// The man page as people see it.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommand } from '../../shared/io/run-command.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

test('the man page is such that groff has nothing to warn of', async () => {
    const { exitCode, stderr } = await runCommand(
        `${project}/test/testbed/with-packages`,
        [
            ...['groff', '-mdoc', '-ww', '-z', '-Tutf8'],
            `${project}/man/qvm-filterproxy.1`,
        ],
    );
    expect([stderr.toString(), exitCode]).toEqual(['', 0]);
});
