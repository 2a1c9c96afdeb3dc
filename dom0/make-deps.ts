import type { RunCommand } from '../shared/io/run-command.ts';
import { Trace } from '../shared/io/trace.ts';
import { qrexecAgents } from './adapters/agent.ts';
import { daemonStore } from './adapters/daemon-store.ts';
import { firstSeenStore } from './adapters/first-seen-store.ts';
import { historyStore } from './adapters/history-store.ts';
import { toolInventory } from './adapters/inventory.ts';
import { issueFrom } from './adapters/issued.ts';
import { learnedStore } from './adapters/learned-store.ts';
import { learningStore } from './adapters/learning-store.ts';
import { fileLocks } from './adapters/lock.ts';
import { passedStore } from './adapters/passed-store.ts';
import { dom0Qrexec, type Qrexec } from './adapters/qrexec.ts';
import { removedStore } from './adapters/removed-store.ts';
import { qrexecAskRequests } from './adapters/requests.ts';
import { ruleStore } from './adapters/rule-store.ts';
import { runDirectory } from './adapters/run-directory.ts';
import { withSharedLooks } from './adapters/shared-looks.ts';
import { startingStore } from './adapters/starting-store.ts';
import { stoppedStore } from './adapters/stopped-store.ts';
import { toldStore } from './adapters/told.ts';
import { usageStore } from './adapters/usage-store.ts';
import { userName } from './adapters/user.ts';
import { visitedStore } from './adapters/visited-store.ts';
import { watchingStore } from './adapters/watching-store.ts';
import type { Deps } from './deps.ts';
import type { Paths } from './paths.ts';
import { noProgress } from './progress.ts';

/**
 * The real world, as far as it is below `paths`, reached with `runUntraced`.
 * `ownerUid` owns the directory of the rules: root, but in tests.
 */
export function makeDeps(
    runUntraced: RunCommand,
    paths: Paths,
    ownerUid: number,
    qrexec: Qrexec = dom0Qrexec,
): Deps {
    const trace = new Trace();
    const run = trace.around(runUntraced);
    const directory = runDirectory(paths.run);
    const config = { directory: paths.config, ownerUid };
    return {
        inventory: withSharedLooks(toolInventory(run)),
        rules: ruleStore(config),
        history: historyStore(config),
        removed: removedStore(config),
        stopped: stoppedStore(config),
        passed: passedStore(config),
        firstSeen: firstSeenStore(directory),
        learning: learningStore(config),
        learned: learnedStore(directory),
        usage: usageStore(config),
        callAgent: qrexecAgents(run, qrexec),
        askRequests: qrexecAskRequests(run, qrexec),
        ...fileLocks(run, directory),
        told: toldStore(directory),
        visited: visitedStore(directory),
        starting: startingStore(directory),
        watching: watchingStore(directory),
        daemon: daemonStore(directory, paths),
        issue: issueFrom(paths.bootId),
        now: () => new Date(),
        monotonicMs: () => Number(process.hrtime.bigint() / 1_000_000n),
        user: userName,
        progress: noProgress,
        trace,
    };
}
