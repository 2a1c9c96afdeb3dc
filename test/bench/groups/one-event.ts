// What one event costs the daemon, with few qubes on the machine and many. The
// tools are left out: they answer at once, and are counted.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownQubes } from '../../../dom0/adapters/known-qubes.ts';
import { qvmLsFields } from '../../../dom0/core/parse-tool-output.ts';
import { makeDeps } from '../../../dom0/make-deps.ts';
import { outdatedProxyvms } from '../../../dom0/outdated.ts';
import { pathsUnder } from '../../../dom0/paths.ts';
import { look } from '../../../dom0/view.ts';
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { makeDirectories } from '../../dom0/directories.ts';
import { type FakeQube, qvmLs, qvmPrefs } from '../../dom0/fake-qubes.ts';
import { outcome } from '../../dom0/outcome.ts';
import type { Group } from '../measure.ts';

/** With rules; so many people have at most. */
const withRules = 20;

export function oneEvent(count: number): Group {
    const qubes = makeQubes(count);
    const named = 'qube0' as QubeName;
    let tools = 0;
    let root = '';
    let hear: () => Promise<void>;
    return {
        title: `the daemon looks after one event, ${count} qubes`,
        rounds: 20,
        setUp: async () => {
            root = await mkdtemp(join(tmpdir(), 'bench-'));
            await writeRules(root);
            const run = async (
                file: string,
                [qube = '']: readonly string[],
            ) => {
                tools += 1;
                const found = qubes.find(({ name }) => name === qube);
                const stdout =
                    file === 'qvm-ls' || found === undefined
                        ? qvmLs(qubes, qvmLsFields)
                        : qvmPrefs(found);
                return outcome({ stdout });
            };
            const uid = process.getuid?.() ?? 0;
            const raw = makeDeps(run, pathsUnder(root), uid);
            const known = knownQubes(raw.inventory);
            const deps = { ...raw, inventory: known };
            await look(deps);
            tools = 0;
            hear = async () => {
                known.forget([named]);
                const told = await deps.told.read();
                await outdatedProxyvms(deps, await look(deps), told);
            };
        },
        cases: [
            {
                name: 'look, and who is out of date',
                role: 'ours',
                measure: async () => {
                    const began = performance.now();
                    await hear();
                    return performance.now() - began;
                },
            },
        ],
        // One round more than is kept.
        remarks: async () => [`tools run for each event: ${tools / 21}`],
        tearDown: () => rm(root, { recursive: true }),
    };
}

function makeQubes(count: number): FakeQube[] {
    const fixed: FakeQube[] = [
        { name: 'fedora-41', class: 'TemplateVM' },
        { name: 'sys-net', ip: '10.137.9.1', xid: 1, providesNetwork: true },
        {
            name: 'sys-filter',
            ip: '10.137.9.2',
            xid: 2,
            netvm: 'sys-net',
            gateway: '10.137.9.1',
            providesNetwork: true,
        },
    ];
    const clients = Array.from({ length: count - fixed.length }, (_, at) => ({
        name: `qube${at}`,
        netvm: 'sys-filter',
        ip: `10.138.${at >> 8}.${at & 255}`,
        gateway: '10.137.9.2',
        // One in five runs.
        xid: at % 5 === 0 ? 10 + at : -1,
    }));
    return [...fixed, ...clients];
}

async function writeRules(root: string): Promise<void> {
    await makeDirectories(root);
    const { config } = pathsUnder(root);
    for (let at = 0; at < withRules; at += 1) {
        const rules = '(^|\\.)github\\.com$\n^pypi\\.org$\n';
        await writeFile(join(config, `qubes/qube${at}.rules`), rules);
    }
}
