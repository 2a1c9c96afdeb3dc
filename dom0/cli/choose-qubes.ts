// The qubes that a command is for: those named, or `--all`, as the qvm-tools
// have it (qubes-core-admin-client qubesadmin/tools/__init__.py, VmNameGroup).
import type { Qube } from '../core/qube.ts';
import type { View } from '../view.ts';
import { affectedBy } from './affected.ts';
import { qubesWithRules } from './proxyvms.ts';
import { expectQube, parseTypedName, typedClients } from './resolve-qube.ts';
import { UsageError } from './usage-error.ts';

export interface Choice {
    readonly qubes: readonly string[];
    readonly all: boolean;
    readonly exclude: readonly string[];
}

/** What to say when `--all` means nobody. */
export function describeNobody({ exclude }: Choice): string {
    return exclude.length === 0
        ? 'nothing to do: no qube has rules'
        : 'nothing to do: no qube with rules is left';
}

/** Refuses what cannot be meant, before anything is looked at. */
export function checkChoice(
    { qubes, all, exclude }: Choice,
    isRequired = true,
): void {
    if (all && qubes.length > 0) {
        throw new UsageError('argument QUBE: not allowed with argument --all');
    }
    if (isRequired && !all && qubes.length === 0) {
        throw new UsageError('one of the arguments --all QUBE is required');
    }
    if (!all && exclude.length > 0) {
        throw new UsageError('--exclude can only be used with --all');
    }
}

/**
 * Those named; with `--all` those with rules, but for the excluded ones and
 * their disposables.
 */
export function chooseQubes(choice: Choice, view: View): Qube[] {
    if (!choice.all) {
        return typedClients(view.system, choice.qubes);
    }
    const excluded = affectedBy(excludedQubes(choice, view), view.system);
    return qubesWithRules(view, null).filter(
        (qube) => !excluded.includes(qube),
    );
}

/** A mistyped one would be an accident with what `--all` does. */
export function excludedQubes({ exclude }: Choice, { system }: View): Qube[] {
    return exclude.map((untrusted_name) =>
        expectQube(system, parseTypedName(untrusted_name)),
    );
}
