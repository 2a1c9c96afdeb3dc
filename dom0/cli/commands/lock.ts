// `lock` makes the proxy a qube's only way out, `unlock` takes that back:
// one rule in its Qubes firewall, seen in qvm-firewall as any other.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import {
    type FirewallRule,
    type FirewallStep,
    isLock,
    lockSteps,
    unlockSteps,
    type WayAround,
    wayAround,
} from '../../core/firewall.ts';
import type { Qube } from '../../core/qube.ts';
import type { Deps } from '../../deps.ts';
import { Failure } from '../../failure.ts';
import { shellLine } from '../format/command.ts';
import type { Options } from '../options.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { expectClient, parseTypedName } from '../resolve-qube.ts';

export interface LockArguments extends Options {
    readonly command: 'lock' | 'unlock';
    readonly qubes: readonly string[];
}

/** Locks or unlocks qubes; one that fails does not keep the others. */
export async function lock(deps: Deps, args: LockArguments): Promise<Output> {
    const names = [...new Set(args.qubes.map(parseTypedName))];
    const outputs: Output[] = [];
    for (const name of names) {
        outputs.push(await lockOne(deps, name, args));
    }
    return {
        lines: outputs.flatMap((output) => output.lines),
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

async function lockOne(
    deps: Deps,
    name: QubeName,
    args: LockArguments,
): Promise<Output> {
    const qube = expectClient(name, await deps.inventory.one(name));
    try {
        const before = await deps.firewall.read(name);
        const steps =
            args.command === 'lock' ? lockSteps(before) : unlockSteps(before);
        return args.dryRun
            ? describePlan(name, steps)
            : await change(deps, qube, steps, args.command);
    } catch (error) {
        if (!(error instanceof Failure)) {
            throw error;
        }
        const json = { qube: name, error: error.message };
        const warnings = [`${name}: ${error.message}`];
        return { lines: [], warnings, json, failed: true };
    }
}

function describePlan(name: QubeName, steps: readonly FirewallStep[]): Output {
    const commands = steps.map((step) =>
        shellLine(['qvm-firewall', name, ...step]),
    );
    return {
        lines:
            steps.length === 0
                ? [`${name}: nothing to do`]
                : withDetails(`${name}, in this order:`, commands),
        warnings: [],
        json: { qube: name, commands },
        failed: false,
    };
}

async function change(
    deps: Deps,
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
    const line =
        command === 'lock'
            ? describeLock(steps.length > 0)
            : describeUnlock(qube.name, steps.length > 0, around);
    return {
        lines: withDetails(`${qube.name}: ${line}`, notes(qube, command)),
        warnings: [],
        json: {
            qube: qube.name,
            changed: steps.length > 0,
            wayAround: around,
        },
        failed: false,
    };
}

function expectDone(
    name: QubeName,
    rules: readonly FirewallRule[],
    command: LockArguments['command'],
): void {
    const isLocked = rules.some(isLock) && wayAround(rules).kind === 'none';
    const isDone = command === 'lock' ? isLocked : !rules.some(isLock);
    if (!isDone) {
        throw new Failure(
            'its Qubes firewall is not as it was left; somebody else ' +
                `changes it? See: qvm-firewall ${name} list`,
        );
    }
}

function describeLock(isNew: boolean): string {
    return isNew
        ? 'locked, its Qubes firewall drops all that does not go through ' +
              'the proxy'
        : 'is locked already';
}

function describeUnlock(
    name: QubeName,
    isNew: boolean,
    around: WayAround,
): string {
    const unlocked = isNew ? 'unlocked' : 'is not locked';
    return around.kind === 'none'
        ? `${unlocked}, but its own firewall rules drop everything too; ` +
              `see: qvm-firewall ${name} list`
        : `${unlocked}, its own firewall rules decide again`;
}

/** A disposable has its firewall rules from its template, but only once. */
function notes(
    { class: kind, template }: Qube,
    command: LockArguments['command'],
): string[] {
    return kind === 'DispVM' && template !== null
        ? [`for later disposables: qvm-filterproxy ${command} ${template}`]
        : [];
}
