// What `setup` would do, did, and took back.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Qube } from '../../core/qube.ts';
import { typed } from '../../core/setup/check-qubes.ts';
import type { Layout } from '../../core/setup/layout.ts';
import type { SetupPlan } from '../../core/setup/plan.ts';
import type { Change } from '../../core/setup/step.ts';
import type { FailedSetup } from '../../run-setup.ts';
import { withDetails } from '../output.ts';
import type { PlannedSetup } from '../setup-plan.ts';
import { shellLine } from './command.ts';

/** The commands that it comes to, and what they mean for qubes that run. */
export function formatSetupPlan(
    plan: PlannedSetup,
    { lock, clients }: { lock: boolean | null; clients: readonly string[] },
): string[] {
    const { layout, steps } = plan;
    const { proxyvm } = layout;
    const commands = steps.map(({ command }) => shellLine(command));
    const locks = lock ? [`qvm-filterproxy lock ${clients.join(' ')}`] : [];
    if (steps.length === 0) {
        const what = `${proxyvm}: nothing to do, ${clients.join(', ')} `;
        return [`${what}${clients.length === 1 ? 'is' : 'are'} behind it`];
    }
    const update = `qvm-filterproxy update ${proxyvm}`;
    return [
        ...withDetails(describePlan(plan), [...commands, update, ...locks]),
        ...describeChain(plan, clients),
        ...describeCut(layout),
        ...layout.moved.flatMap(describeMove),
    ];
}

/** One filter behind another: of the two only the first one filters. */
function describeChain(
    { layout, filterAbove: above }: PlannedSetup,
    clients: readonly string[],
): string[] {
    if (above === null) {
        return [];
    }
    const { proxyvm, existing } = layout;
    const netvm = existing?.netvm ?? above.netvm;
    return withDetails(
        `${above.name} is a ProxyVM as well, and would not filter for ` +
            `${clients.join(', ')} any more, only be in between`,
        netvm === null
            ? []
            : [
                  `to have ${proxyvm} in its place: ` +
                      `${typed(proxyvm, clients)} --netvm ${netvm}`,
              ],
    );
}

/** Of a ProxyVM that is moved itself. */
function describeCut({ existing, netvm }: Layout): string[] {
    return existing === null || existing.xid === null || netvm === null
        ? []
        : [
              `${existing.name} runs, what its clients have open ends when ` +
                  'it is moved',
          ];
}

function describePlan({ layout, template }: SetupPlan): string {
    const { proxyvm, existing, netvm, behind } = layout;
    if (existing === null) {
        return (
            `${proxyvm} would be made, based on ${template}, behind ` +
            `${netvm}:`
        );
    }
    return netvm === null
        ? `${proxyvm} would be used as it is, behind ${existing.netvm}:`
        : `${proxyvm} would be moved from ${existing.netvm ?? 'no netvm'} ` +
              `to ${netvm}${withIt(behind)}:`;
}

/** Those that go where their netvm goes. */
function withIt(behind: readonly Qube[]): string {
    const names = behind.map(({ name }) => name).join(', ');
    return behind.length === 0 ? '' : `, and with it ${names}`;
}

function describeMove({ name, xid, netvm }: Qube): string[] {
    return [
        ...(netvm === null
            ? [`${name} has no netvm, and would be online by that`]
            : []),
        ...(xid === null
            ? []
            : [`${name} runs, what it has open ends when it is moved`]),
    ];
}

/** The same when it is done. */
export function headlinesOf({ layout, template }: SetupPlan): string[] {
    const { proxyvm, existing, netvm, moved, behind } = layout;
    const own =
        existing === null
            ? [`${proxyvm}: made, based on ${template}, behind ${netvm}`]
            : [
                  `${proxyvm}: behind ${netvm} now, before behind ` +
                      `${existing.netvm ?? 'no netvm'}${withIt(behind)}`,
              ];
    return [
        ...(existing !== null && netvm === null ? [] : own),
        ...moved.map(
            ({ name, netvm: before }) =>
                `${name}: behind ${proxyvm} now, before behind ` +
                `${before ?? 'no netvm'}`,
        ),
    ];
}

/** What became of a setup that failed, and what to type if it is half done. */
export function describeFailedSetup(
    { layout }: SetupPlan,
    { why, undone, left, troubles }: FailedSetup,
): string[] {
    const what = `${layout.proxyvm} was not set up: ${why}`;
    const took = undone.map((change) => `taken back: ${undoLine(change)}`);
    return left.length === 0
        ? [...withDetails(what, took), 'all is as it was']
        : [
              ...withDetails(what, took),
              ...troubles.map((trouble) => `not taken back: ${trouble}`),
              ...withDetails(
                  'to take back what is left, type in this order:',
                  left.map(undoLine),
              ),
          ];
}

/** What could not be told of a setup that is done. */
export function describeUntold(
    { layout }: SetupPlan,
    clients: readonly string[],
    why: string,
): string[] {
    const { proxyvm } = layout;
    return [
        `${proxyvm} is set up, but not known to be in force or locked: ${why}`,
        `    to go on: qvm-filterproxy update ${proxyvm}`,
        `    to lock: qvm-filterproxy lock ${clients.join(' ')}`,
    ];
}

export function describeInterrupted(names: readonly string[]): string[] {
    return [
        `interrupted: set up, but not locked: ${names.join(', ')}`,
        `    to lock: qvm-filterproxy lock ${names.join(' ')}`,
    ];
}

export function undoneJson({ why, undone, left }: FailedSetup) {
    return {
        done: false,
        error: why,
        undone: undone.map(undoLine),
        left: left.map(undoLine),
    };
}

function undoLine({ undo }: Change): string {
    return shellLine(undo);
}

/** A qube without rules has no proxy to go through. */
export function lockQuestion(name: QubeName, hasRules: boolean): string {
    const without = hasRules
        ? ''
        : ' It has no rules yet, so until then it reaches nothing.';
    return `Lock ${name}, so that its proxy is its only way out?${without}`;
}

/** How to go on with qubes that have no rules. */
export function formatNext(qubes: readonly Qube[]): string[] {
    return qubes.map(
        ({ name }) =>
            `to let ${name} reach a host: ` +
            `qvm-filterproxy allow ${name} 'github\\.com$'`,
    );
}
