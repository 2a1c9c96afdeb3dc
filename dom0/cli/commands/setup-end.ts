// What follows on a setup: rules in force, locks for those who want them, and
// what to type next.

import type { CommandDeps } from '../../command-deps.ts';
import { isSettled } from '../../core/judge-situation.ts';
import type { Qube } from '../../core/qube.ts';
import type { SetupPlan } from '../../core/setup/plan.ts';
import { look, type View } from '../../view.ts';
import { visitAll } from '../../walk.ts';
import { proxyvmsOf } from '../affected.ts';
import { agrees } from '../agrees.ts';
import { type Effect, effectOf } from '../effect.ts';
import {
    describeInterrupted,
    formatNext,
    lockQuestion,
} from '../format/setup.ts';
import { formatAroundAll, isUnlocked } from '../format/way-around.ts';
import type { Output } from '../output.ts';
import { reportOn } from '../report.ts';
import { aroundAll, type QubeAround } from '../way-around.ts';
import { lock } from './lock.ts';
import type { SetupArguments } from './setup.ts';

interface Ending {
    /** What the plan did. */
    readonly headlines: readonly string[];
    /** Nobody is locked any more. */
    readonly signal: AbortSignal;
}

/** Of a plan that is done. */
export async function finishSetup(
    deps: CommandDeps,
    plan: SetupPlan,
    args: SetupArguments,
    { headlines, signal }: Ending,
): Promise<Output> {
    const view = await look(deps);
    const qubes = clientsIn(view, args);
    const isIdle = plan.steps.length === 0;
    const report = isIdle
        ? nothing
        : reportOn(await putInForce(deps, view, qubes), {
              ...args,
              command: 'setup',
              all: false,
              headlines,
              isAsPromised: isSettled,
          });
    const clients = await aroundAll(deps.firewall, qubes);
    const chosen = await chooseToLock(deps, view, clients, args, {
        isIdle,
        signal,
    });
    const locked = await lockEach(deps, chosen, args, signal);
    const left = await aroundAll(deps.firewall, qubes);
    const ruleless = qubes.filter(({ name }) => !view.placements.has(name));
    const open = left
        .filter(({ around }) => isUnlocked(around))
        .map(({ qube }) => qube.name);
    return {
        lines: [
            ...report.lines,
            ...locked.lines,
            ...formatAroundAll(left),
            ...formatNext(ruleless),
        ],
        warnings: [
            ...report.warnings,
            ...locked.warnings,
            ...(signal.aborted && open.length > 0
                ? describeInterrupted(open)
                : []),
        ],
        json: {
            ...report.json,
            done: true,
            wayAround: left.map(({ qube, around }) => ({
                qube: qube.name,
                ...around,
            })),
        },
        failed: report.failed || locked.failed || signal.aborted,
    };
}

const nothing: Output = {
    lines: [],
    warnings: [],
    json: { proxyvms: [], qubes: [] },
    failed: false,
};

/** Those that were named, as they are now. */
function clientsIn({ system }: View, { clients }: SetupArguments): Qube[] {
    return [...system.values()].filter(({ name }) => clients.includes(name));
}

async function putInForce(
    deps: CommandDeps,
    view: View,
    qubes: readonly Qube[],
): Promise<Effect> {
    const told = await deps.told.read();
    const visits = await visitAll(deps, proxyvmsOf(qubes, view, told));
    return effectOf(deps, view, qubes, visits);
}

/** All if that was said; else who is there is asked of those it would close. */
async function chooseToLock(
    { editor }: CommandDeps,
    view: View,
    clients: readonly QubeAround[],
    { lock: wanted, yes }: SetupArguments,
    { isIdle, signal }: { isIdle: boolean; signal: AbortSignal },
): Promise<Qube[]> {
    if (wanted !== null) {
        return wanted ? clients.map(({ qube }) => qube) : [];
    }
    const open = clients.filter(({ around }) => isUnlocked(around));
    const chosen: Qube[] = [];
    for (const { qube } of yes || isIdle ? [] : open) {
        if (signal.aborted) {
            break;
        }
        const hasRules = view.placements.has(qube.name);
        if (await agrees(editor, [], lockQuestion(qube.name, hasRules))) {
            chosen.push(qube);
        }
    }
    return chosen;
}

/** One after the other: an interrupt leaves those that come later. */
async function lockEach(
    deps: CommandDeps,
    qubes: readonly Qube[],
    { verbose }: SetupArguments,
    signal: AbortSignal,
): Promise<Pick<Output, 'lines' | 'warnings' | 'failed'>> {
    const outputs: Output[] = [];
    for (const { name } of qubes) {
        if (signal.aborted) {
            break;
        }
        outputs.push(
            await lock(deps, {
                command: 'lock',
                qubes: [name],
                all: false,
                exclude: [],
                dryRun: false,
                verbose,
            }),
        );
    }
    return {
        lines: outputs.flatMap(({ lines }) => lines),
        warnings: outputs.flatMap(({ warnings }) => warnings),
        failed: outputs.some(({ failed }) => failed),
    };
}
