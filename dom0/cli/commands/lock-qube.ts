// The lock of one qube: one rule in its Qubes firewall.
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
import { type Qube, qubesBehind } from '../../core/qube.ts';
import { Failure } from '../../failure.ts';
import type { View } from '../../view.ts';
import type { Choice } from '../choose-qubes.ts';
import { shellLine } from '../format/command.ts';
import { formatLockPlan } from '../format/lock.ts';
import type { Options } from '../options.ts';
import { type Output, withDetails } from '../output.ts';

export interface LockArguments extends Options, Choice {
    readonly command: 'lock' | 'unlock';
}

/** A qube whose firewall is as it is to be. */
export interface Changed {
    readonly qube: Qube;
    /** It was not so before. */
    readonly isNew: boolean;
    readonly around: WayAround;
}

/** Changes the firewall of a qube, or says why not; nothing else is asked. */
export async function lockQube(
    deps: CommandDeps,
    view: View,
    qube: Qube,
    args: LockArguments,
): Promise<Changed | Output> {
    if (args.command === 'lock' && qube.providesNetwork) {
        return refuse(qube, view);
    }
    try {
        const before = await deps.firewall.read(qube.name);
        const steps =
            args.command === 'lock' ? lockSteps(before) : unlockSteps(before);
        return args.dryRun
            ? describePlan(qube.name, steps)
            : await change(deps, qube, steps, args.command);
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
    qube: Qube,
    steps: readonly FirewallStep[],
    command: LockArguments['command'],
): Promise<Changed> {
    for (const step of steps) {
        await deps.firewall.change(qube.name, step);
    }
    const after = await deps.firewall.read(qube.name);
    expectDone(qube.name, after, command);
    return { qube, isNew: steps.length > 0, around: wayAround(after) };
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
