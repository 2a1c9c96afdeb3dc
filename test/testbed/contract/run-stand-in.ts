// Runs a stand-in's command line within the test's own process.

import { Api } from '../qubesd/tools/api.ts';
import {
    qvmKill,
    qvmPause,
    qvmShutdown,
    qvmStart,
    qvmUnpause,
} from '../qubesd/tools/power.ts';
import { qvmCheck } from '../qubesd/tools/qvm-check.ts';
import { qvmCreate } from '../qubesd/tools/qvm-create.ts';
import { qvmFeatures } from '../qubesd/tools/qvm-features.ts';
import { qvmFirewall } from '../qubesd/tools/qvm-firewall.ts';
import { qvmLs } from '../qubesd/tools/qvm-ls.ts';
import { qubesPrefs, qvmPrefs } from '../qubesd/tools/qvm-prefs.ts';
import { qvmRemove } from '../qubesd/tools/qvm-remove.ts';
import { qvmTags } from '../qubesd/tools/qvm-tags.ts';
import { runTool, type Tool } from '../qubesd/tools/tool.ts';

const tools: ReadonlyMap<string, Tool> = new Map([
    ['qubes-prefs', qubesPrefs],
    ['qvm-check', qvmCheck],
    ['qvm-create', qvmCreate],
    ['qvm-features', qvmFeatures],
    ['qvm-firewall', qvmFirewall],
    ['qvm-kill', qvmKill],
    ['qvm-ls', qvmLs],
    ['qvm-pause', qvmPause],
    ['qvm-prefs', qvmPrefs],
    ['qvm-remove', qvmRemove],
    ['qvm-shutdown', qvmShutdown],
    ['qvm-start', qvmStart],
    ['qvm-tags', qvmTags],
    ['qvm-unpause', qvmUnpause],
]);

export interface CommandResult {
    readonly rc: number;
    readonly stdout: string;
    readonly stderr: string;
}

export function hasStandIn(program: string): boolean {
    return tools.has(program);
}

export function runStandIn(
    socketPath: string,
    command: readonly string[],
): Promise<CommandResult> {
    return runStandInWith(new Api(socketPath), command);
}

/** With a qubesd that is reached in another way. */
export async function runStandInWith(
    api: Api,
    [program = '', ...argv]: readonly string[],
): Promise<CommandResult> {
    const tool = tools.get(program);
    if (tool === undefined) {
        throw new Error(`${program} has no stand-in`);
    }
    let stdout = '';
    let stderr = '';
    const rc = await runTool(program, tool, {
        argv,
        api,
        stdout: (text) => {
            stdout += text;
        },
        stderr: (text) => {
            stderr += text;
        },
    });
    return { rc, stdout, stderr };
}
