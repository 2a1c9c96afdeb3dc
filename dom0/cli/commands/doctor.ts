// `doctor` looks at all that lies between a rule and a request, and says of
// what is not in order how it is mended.

import type { CommandDeps } from '../../command-deps.ts';
import { type Check, Checks, type Dom0Check } from '../../core/doctor/check.ts';
import { lintFiles } from '../../core/lint/lint-files.ts';
import { notLookedAt } from '../../core/others-below.ts';
import type { Qube, System } from '../../core/qube.ts';
import { Failure } from '../../failure.ts';
import { look, type View } from '../../view.ts';
import { problemsIn } from '../../words/files.ts';
import { chooseQubes } from '../choose-qubes.ts';
import { type Chosen, examineAll } from '../doctor/examine-all.ts';
import { checksJson, formatChecks, formatSummary } from '../format/doctor.ts';
import { jsonVersion, type Output } from '../output.ts';
import { qubesWithRules } from '../proxyvms.ts';

export interface DoctorArguments {
    /** ProxyVMs too; none: all with rules. */
    readonly qubes: readonly string[];
}

/** Looks at each of the qubes, and says what is in order and what is not. */
export async function doctor(
    deps: CommandDeps,
    { qubes }: DoctorArguments,
): Promise<Output> {
    const view = await lookOrSay(deps);
    if ('check' in view) {
        return tell(view.check, new Map());
    }
    const chosen = choose(qubes, view);
    const checks = await examineAll(deps, view, chosen, lintOf(view));
    const output = tell(checks, view.system);
    const nobody = chosen.qubes.length === 0 ? ['no qube with rules'] : [];
    return { ...output, lines: [...output.lines, ...nobody] };
}

/** One that provides network and has no rules stands for its clients. */
function choose(names: readonly string[], view: View): Chosen {
    const all = names.length === 0;
    const named = chooseQubes({ qubes: names, all, exclude: [] }, view);
    const isProxyvm = ({ name, providesNetwork }: Qube) =>
        providesNetwork && !view.placements.has(name);
    const proxyvms = named.filter(isProxyvm).map(({ name }) => name);
    const clients = qubesWithRules(view, proxyvms);
    const others = named.filter((qube) => !isProxyvm(qube));
    return { qubes: [...new Set([...others, ...clients])], proxyvms };
}

/** Without Qubes' own services there is nothing to go on. */
async function lookOrSay(
    deps: CommandDeps,
): Promise<View | { readonly check: readonly Check[] }> {
    try {
        return await look(deps);
    } catch (error) {
        if (!(error instanceof Failure)) {
            throw error;
        }
        const [what = '', ...todo] = error.message.split('\n');
        const checks = new Checks<Dom0Check>(null);
        checks.failed(
            'qubes',
            what,
            todo.map((line) => line.trim()),
        );
        return { check: checks.all };
    }
}

/** Uses of rules say nothing of what a qube reaches. */
function lintOf(view: View) {
    const usages = new Map();
    return lintFiles(
        {
            ...view,
            usages,
            problems: problemsIn(view),
            othersBelow: notLookedAt,
        },
        () => true,
    );
}

function tell(checks: readonly Check[], system: System): Output {
    return {
        lines: [...formatChecks(checks, system), formatSummary(checks)],
        warnings: [],
        json: {
            version: jsonVersion,
            command: 'doctor',
            checks: checksJson(checks, system),
        },
        failed: checks.some(({ state }) => state === 'failed'),
    };
}
