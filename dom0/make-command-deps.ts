import type { RunCommand } from '../shared/io/run-command.ts';
import {
    type StreamCommand,
    streamCommand,
} from '../shared/io/stream-command.ts';
import { qrexecClients } from './adapters/client-shell.ts';
import { terminalEditor } from './adapters/editor.ts';
import { qrexecExamine } from './adapters/examine.ts';
import { toolFirewall } from './adapters/firewall.ts';
import { libnotify } from './adapters/notify.ts';
import { policyReader } from './adapters/policy-files.ts';
import { qrexecProbe } from './adapters/probe.ts';
import { dom0Qrexec, type Qrexec } from './adapters/qrexec.ts';
import { toolQubeSetup } from './adapters/qube-setup.ts';
import { qrexecFollowRequests } from './adapters/requests.ts';
import type { CommandDeps } from './command-deps.ts';
import { notLookedAt } from './core/others-below.ts';
import { makeDeps } from './make-deps.ts';
import type { Paths } from './paths.ts';
import { nobodyPicks } from './pick.ts';

/** As makeDeps(); what goes on is read with `stream`. */
export function makeCommandDeps(
    runUntraced: RunCommand,
    paths: Paths,
    ownerUid: number,
    stream: StreamCommand = streamCommand,
    qrexec: Qrexec = dom0Qrexec,
): CommandDeps {
    const deps = makeDeps(runUntraced, paths, ownerUid, qrexec);
    const run = deps.trace.around(runUntraced);
    return {
        ...deps,
        firewall: toolFirewall(run),
        qubeSetup: toolQubeSetup(run),
        examine: qrexecExamine(run, qrexec),
        sendProbe: qrexecProbe(run, qrexec),
        readPolicy: policyReader(paths, qrexec),
        followRequests: qrexecFollowRequests(stream, qrexec),
        settleClient: qrexecClients(run, qrexec),
        notify: libnotify(run),
        editor: terminalEditor,
        pick: nobodyPicks,
        loadOthersBelow: async () => notLookedAt,
    };
}
