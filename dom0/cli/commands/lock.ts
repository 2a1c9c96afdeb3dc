// `lock` makes the proxy a qube's only way out, `unlock` takes that back:
// one rule in its Qubes firewall, seen in qvm-firewall as any other.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { CommandDeps } from '../../command-deps.ts';
import {
    addLock,
    type FirewallRule,
    type FirewallStep,
    isLock,
    lockSteps,
    unlockSteps,
    type WayAround,
    wayAround,
} from '../../core/firewall.ts';
import { hasProxy } from '../../core/judge-situation.ts';
import { type Qube, qubesBehind } from '../../core/qube.ts';
import { Failure } from '../../failure.ts';
import { look, type View } from '../../view.ts';
import { affectedBy } from '../affected.ts';
import {
    type Choice,
    checkChoice,
    chooseQubes,
    describeNobody,
} from '../choose-qubes.ts';
import { shellLine } from '../format/command.ts';
import {
    describeHang,
    describeLeftOut,
    describeLock,
    describeUnlock,
    formatLockPlan,
    notesOn,
} from '../format/lock.ts';
import type { Options } from '../options.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { situationNow } from '../situation-now.ts';

export interface LockArguments extends Options, Choice {
    readonly command: 'lock' | 'unlock';
}

/** Locks or unlocks qubes; one that fails does not keep the others. */
export async function lock(
    deps: CommandDeps,
    args: LockArguments,
): Promise<Output> {
    checkChoice(args);
    const view = await look(deps);
    const chosen = targetsOf(args, view);
    const isLeftOut = ({ providesNetwork }: Qube) =>
        args.all && args.command === 'lock' && providesNetwork;
    const qubes = chosen.filter((qube) => !isLeftOut(qube));
    const leftOut = describeLeftOut(chosen.filter(isLeftOut));
    const outputs: Output[] = [];
    for (const qube of qubes) {
        outputs.push(await lockOne(deps, view, qube, args));
    }
    return {
        lines: [
            ...(qubes.length === 0 ? [describeNobody(args)] : []),
            ...outputs.flatMap((output) => output.lines),
            ...leftOut,
        ],
        warnings: outputs.flatMap((output) => output.warnings),
        json: {
            version: jsonVersion,
            command: args.command,
            dryRun: args.dryRun,
            qubes: outputs.map((output) => output.json),
        },
        failed: outputs.some((output) => output.failed),
    };
}

/**
 * With a disposable template its disposables: they had its rules once, when they
 * were made, which may be long before they are used (R4.3 preloads some).
 */
function targetsOf(args: LockArguments, view: View): Qube[] {
    const chosen = chooseQubes(args, view);
    return args.all ? chosen : affectedBy(chosen, view.system);
}

async function lockOne(
    deps: CommandDeps,
    view: View,
    qube: Qube,
    args: LockArguments,
): Promise<Output> {
    if (args.command === 'lock' && qube.providesNetwork) {
        return refuse(qube, view);
    }
    try {
        const before = await deps.firewall.read(qube.name);
        const steps =
            args.command === 'lock' ? lockSteps(before) : unlockSteps(before);
        return args.dryRun
            ? describePlan(qube.name, steps)
            : await change(deps, view, qube, steps, args.command);
    } catch (error) {
        if (!(error instanceof Failure)) {
            throw error;
        }
        const warnings = [`${qube.name}: ${error.message}`];
        return failed(qube, error.message, warnings);
    }
}

/** The firewall of a qube decides on all that comes from behind it, too. */
function refuse({ name }: Qube, { system }: View): Output {
    const behind = qubesBehind(system, name).map((each) => each.name);
    const whom = behind.length > 0 ? behind.join(', ') : 'others';
    const what =
        `${name} provides network to ${whom}: locking it would cut them ` +
        'off too';
    const command = shellLine(['qvm-firewall', name, ...addLock]);
    const warnings = withDetails(what, [`to do it all the same: ${command}`]);
    return failed({ name }, what, warnings);
}

function failed(
    { name }: Pick<Qube, 'name'>,
    error: string,
    warnings: readonly string[],
): Output {
    return { lines: [], warnings, json: { qube: name, error }, failed: true };
}

function describePlan(name: QubeName, steps: readonly FirewallStep[]): Output {
    const commands = steps.map((step) =>
        shellLine(['qvm-firewall', name, ...step]),
    );
    return {
        lines: formatLockPlan(name, commands),
        warnings: [],
        json: { qube: name, commands },
        failed: false,
    };
}

async function change(
    deps: CommandDeps,
    view: View,
    qube: Qube,
    steps: readonly FirewallStep[],
    command: LockArguments['command'],
): Promise<Output> {
    for (const step of steps) {
        await deps.firewall.change(qube.name, step);
    }
    const after = await deps.firewall.read(qube.name);
    expectDone(qube.name, after, command);
    const around = wayAround(after);
    const isNew = steps.length > 0;
    const lines =
        command === 'lock'
            ? await describeLocked(deps, view, qube, isNew, around)
            : [describeUnlock(qube.name, isNew, around)];
    const [line = '', ...details] = [...lines, ...notesOn(qube, command)];
    return {
        lines: withDetails(`${qube.name}: ${line}`, details),
        warnings: [],
        json: { qube: qube.name, changed: isNew, wayAround: around },
        failed: false,
    };
}

async function describeLocked(
    deps: CommandDeps,
    view: View,
    qube: Qube,
    isNew: boolean,
    around: WayAround,
): Promise<string[]> {
    const isAnswered = hasProxy(await situationNow(deps, view, qube));
    return [
        describeLock(isNew, around, isAnswered),
        ...(isNew ? describeHang(qube, isAnswered) : []),
    ];
}

function expectDone(
    name: QubeName,
    rules: readonly FirewallRule[],
    command: LockArguments['command'],
): void {
    const isDone =
        command === 'lock' ? wayAround(rules).locked : !rules.some(isLock);
    if (!isDone) {
        throw new Failure(
            'its Qubes firewall is not as it was left; somebody else ' +
                `changes it? See: qvm-firewall ${name} list`,
        );
    }
}
