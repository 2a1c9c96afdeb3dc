// What Fedora's and Debian's own checkers of packages say of ours. What is no
// fault stands in rpm/rpmlint.toml and debian/lintian-overrides, with a reason.
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import { buildHere, project } from './build.ts';

let packages: string;

beforeAll(async () => {
    packages = await buildHere();
}, 120_000);

async function check(command: string): Promise<void> {
    const { stdout, exitCode } = await execa(
        `${project}/test/testbed/with-packages`,
        ['sh', '-c', command],
        { cwd: project, reject: false },
    );
    expect([stdout, exitCode]).toEqual([
        expect.stringMatching(/^$| 0 errors, 0 warnings, /),
        0,
    ]);
}

test('rpmlint has nothing to say', () =>
    check(`rpmlint --config rpm/rpmlint.toml ${packages}/*.rpm`));

test('lintian has nothing to say', () =>
    check(
        'lintian --allow-root --display-info --fail-on error,warning,info ' +
            `${packages}/*.deb`,
    ));
