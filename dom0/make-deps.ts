import type { RunCommand } from '../shared/io/run-command.ts';
import { qrexecAgents } from './adapters/agent.ts';
import { toolFirewall } from './adapters/firewall.ts';
import { toolInventory } from './adapters/inventory.ts';
import { issueFrom } from './adapters/issued.ts';
import { fileLocks } from './adapters/lock.ts';
import { ruleStore } from './adapters/rule-store.ts';
import { runDirectory } from './adapters/run-directory.ts';
import { stoppedStore } from './adapters/stopped-store.ts';
import { toldStore } from './adapters/told.ts';
import { userName } from './adapters/user.ts';
import { runningQubes } from './core/qube.ts';
import type { Deps } from './deps.ts';
import type { Paths } from './paths.ts';
import { noProgress } from './progress.ts';

/**
 * The real world, as far as it is below `paths`, reached with `run`.
 * `ownerUid` owns the directory of the rules: root, but in tests.
 */
export function makeDeps(
    run: RunCommand,
    paths: Paths,
    ownerUid: number,
): Deps {
    const directory = runDirectory(paths.run);
    const config = { directory: paths.config, ownerUid };
    return {
        inventory: toolInventory(run),
        rules: ruleStore(config),
        stopped: stoppedStore(config),
        firewall: toolFirewall(run),
        callAgent: qrexecAgents(run),
        withLock: fileLocks(run, directory),
        told: toldStore(directory),
        issue: issueFrom(paths.bootId),
        serve: runningQubes,
        now: () => new Date(),
        user: userName,
        progress: noProgress,
    };
}
