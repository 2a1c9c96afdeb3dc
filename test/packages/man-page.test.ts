// The man pages as people see them.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommand } from '../../shared/io/run-command.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

test.each(readdirSync(`${project}/man`))(
    '%s is such that groff has nothing to warn of',
    async (page) => {
        const { exitCode, stderr } = await runCommand(
            `${project}/test/testbed/with-packages`,
            [
                ...['groff', '-mdoc', '-ww', '-z', '-Tutf8'],
                `${project}/man/${page}`,
            ],
        );
        expect([stderr.toString(), exitCode]).toEqual(['', 0]);
    },
);
