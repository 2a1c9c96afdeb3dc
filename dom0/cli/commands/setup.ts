// `setup` makes a qube a ProxyVM, and other qubes its clients: what it would
// do is shown first, and taken back if a part of it fails.

import type { CommandDeps } from '../../command-deps.ts';
import type { SetupPlan } from '../../core/setup/plan.ts';
import { Failure } from '../../failure.ts';
import { type FailedSetup, runSetup } from '../../run-setup.ts';
import { agrees } from '../agrees.ts';
import { explainError } from '../explain-error.ts';
import { shellLine } from '../format/command.ts';
import {
    describeFailedSetup,
    describeUntold,
    formatSetupPlan,
    headlinesOf,
    undoneJson,
} from '../format/setup.ts';
import type { Options } from '../options.ts';
import { jsonVersion, type Output } from '../output.ts';
import type { Streams } from '../run.ts';
import { type PlanArguments, planNow } from '../setup-plan.ts';
import { finishSetup } from './setup-end.ts';

export interface SetupArguments extends Options, PlanArguments {
    /** Nobody is asked. */
    readonly yes: boolean;
    /** Null: whoever is at the terminal is asked. */
    readonly lock: boolean | null;
}

export async function setup(
    deps: CommandDeps,
    args: SetupArguments,
    streams: Streams,
): Promise<Output> {
    const planned = await planNow(deps, args);
    const shown = formatSetupPlan(planned, args);
    if (args.dryRun) {
        return output(args, planned, { lines: shown });
    }
    if (planned.steps.length === 0) {
        const { signal } = new AbortController();
        const finished = await finishSetup(deps, planned, args, {
            headlines: [],
            signal,
        });
        return output(args, planned, {
            ...finished,
            lines: [...shown, ...finished.lines],
        });
    }
    if (args.yes) {
        expectOnline(planned);
    } else if (!(await isAgreed(deps, shown))) {
        return output(args, planned, { lines: ['nothing was changed'] });
    }
    await expectSame(deps, args, planned);
    const signal = streams.interrupted();
    const undone = await telling(
        streams,
        signal,
        'it waits for the step that is under way, then takes back what was ' +
            'done; a second time leaves all as it is',
        () => runSetup(deps, planned.steps, signal),
    );
    if (undone !== null) {
        return failed(args, planned, undone);
    }
    const finished = await telling(
        streams,
        signal,
        'it is set up, nobody is locked any more; it waits for ' +
            `${planned.layout.proxyvm}, a second time ends it`,
        () => finish(deps, planned, args, signal),
    );
    return output(args, planned, finished);
}

/** Whatever fails now, that qubes were moved is told. */
async function finish(
    deps: CommandDeps,
    planned: SetupPlan,
    args: SetupArguments,
    signal: AbortSignal,
): Promise<Partial<Output>> {
    const headlines = headlinesOf(planned);
    try {
        return await finishSetup(deps, planned, args, { headlines, signal });
    } catch (error) {
        const why = explainError(error);
        return {
            lines: headlines,
            warnings: describeUntold(planned, args.clients, why),
            json: { done: true, error: why },
            failed: true,
        };
    }
}

/** Nobody is asked whether a qube that is kept offline is to be online. */
function expectOnline({ layout: { moved } }: SetupPlan): void {
    const offline = moved.find(({ netvm }) => netvm === null);
    if (offline !== undefined) {
        throw new Failure(
            `nothing was changed: ${offline.name} has no netvm, it is kept ` +
                'offline; without --yes it is asked whether that is to end',
        );
    }
}

/** Says what an interrupt comes to. */
async function telling<T>(
    { err }: Streams,
    signal: AbortSignal,
    what: string,
    action: () => Promise<T>,
): Promise<T> {
    const tell = () => err(`interrupted: ${what}\n`);
    signal.addEventListener('abort', tell);
    try {
        return await action();
    } finally {
        signal.removeEventListener('abort', tell);
    }
}

async function isAgreed(
    { editor }: CommandDeps,
    shown: readonly string[],
): Promise<boolean> {
    if (!editor.isAtTerminal()) {
        throw new Failure(
            'nothing was changed: setup asks first, on a terminal; without ' +
                'one add --yes, or --dry-run to see what it would do',
        );
    }
    return agrees(editor, shown, 'Do this?');
}

/** Who is asked may take his time, and others change qubes meanwhile. */
async function expectSame(
    deps: CommandDeps,
    args: SetupArguments,
    shown: SetupPlan,
): Promise<void> {
    const commands = ({ steps }: SetupPlan) => JSON.stringify(steps);
    if (commands(await planNow(deps, args)) !== commands(shown)) {
        throw new Failure(
            'nothing was changed: qubes were changed meanwhile, so this is ' +
                'not what is to be done any more; type it again to see it',
        );
    }
}

function failed(
    args: SetupArguments,
    planned: SetupPlan,
    undone: FailedSetup,
): Output {
    return output(args, planned, {
        warnings: describeFailedSetup(planned, undone),
        json: undoneJson(undone),
        failed: true,
    });
}

function output(
    { dryRun }: SetupArguments,
    { layout, steps }: SetupPlan,
    { lines = [], warnings = [], json, failed = false }: Partial<Output>,
): Output {
    return {
        lines,
        warnings,
        json: {
            version: jsonVersion,
            command: 'setup',
            dryRun,
            proxyvm: layout.proxyvm,
            commands: steps.map(({ command }) => shellLine(command)),
            ...json,
        },
        failed,
    };
}
