// qvm-start, qvm-shutdown, qvm-kill, qvm-pause and qvm-unpause: one call for
// each qube, all at once (qubesadmin/utils and qubesadmin/tools).

import { ApiError, type ListedQube } from './api.ts';
import type { Usage } from './arguments.ts';
import { resolveGroup } from './domains.ts';
import { readArguments } from './read-arguments.ts';
import type { Tool, ToolContext } from './tool.ts';
import { usages } from './usages.ts';

interface Failure {
    readonly name: string;
    readonly error: ApiError;
}

export const qvmStart: Tool = async (context) => {
    const args = readArguments(context, usages.start);
    const qubes = await resolveGroup(context, usages.start, args);
    const isHalted = ({ state }: ListedQube) => state === 'Halted';
    const running = args.has('--skip-if-running')
        ? []
        : qubes.filter((qube) => !isHalted(qube)).map(alreadyRunning);
    const failures = await callEach(
        context,
        qubes.filter(isHalted),
        'admin.vm.Start',
    );
    const all = [...running, ...failures];
    printFailures(context, 'Starting qube failed', all);
    return all.length > 0 ? 1 : 0;
};

/** Asks again once if a qube is in use: it might have been by another one. */
export const qvmShutdown: Tool = async (context) => {
    const args = readArguments(context, usages.shutdown);
    const qubes = await resolveGroup(context, usages.shutdown, args);
    if (args.has('--dry-run')) {
        return 0;
    }
    const isForced =
        args.has('--force') || (args.has('--all') && !args.has('--exclude'));
    const words = [
        ...(isForced ? ['force'] : []),
        ...(args.has('--wait') ? ['wait'] : []),
    ];
    const attempt = (these: readonly ListedQube[]) =>
        callEach(context, these, 'admin.vm.Shutdown', words.join('+'));
    const failures = await attempt(qubes);
    const used = failures.filter(isInUse);
    const others = failures.filter((failure) => !isInUse(failure));
    if (used.length > 0) {
        const names = used.map(({ name }) => name);
        context.stderr(
            'Error: Retrying shutdown of qubes that were in use for ' +
                `${used.length} time(s)\n` +
                'Error: Retrying shutdown of qubes that were in use: ' +
                `${names.join(', ')}\n`,
        );
        others.push(
            ...(await attempt(
                qubes.filter(({ name }) => names.includes(name)),
            )),
        );
    }
    printFailures(context, 'Failed to shut down', others);
    return others.length;
};

export const qvmKill: Tool = async (context) => {
    const failures = await callAll(context, usages.kill, 'admin.vm.Kill');
    printFailures(context, 'Failed to kill', failures);
    return failures.length;
};

export const qvmPause: Tool = async (context) => {
    const failures = await callAll(context, usages.pause, 'admin.vm.Pause');
    printFailures(context, 'Failed to pause', failures);
    return failures.length > 0 ? 1 : 0;
};

export const qvmUnpause: Tool = async (context) => {
    const failures = await callAll(context, usages.unpause, 'admin.vm.Unpause');
    printFailures(context, 'Failed to unpause/resume', failures);
    return failures.length > 0 ? 1 : 0;
};

async function callAll(
    context: ToolContext,
    usage: Usage,
    method: string,
): Promise<Failure[]> {
    const args = readArguments(context, usage);
    const qubes = await resolveGroup(context, usage, args);
    return callEach(context, qubes, method);
}

/** A qube that is halted already is none to shut down or to kill. */
async function callEach(
    { api }: ToolContext,
    qubes: readonly ListedQube[],
    method: string,
    arg?: string,
): Promise<Failure[]> {
    const isStop = ['admin.vm.Shutdown', 'admin.vm.Kill'].includes(method);
    const outcomes = await Promise.all(
        qubes.map(async ({ name }) => {
            try {
                await api.call(method, name, arg);
                return [];
            } catch (error) {
                if (!(error instanceof ApiError)) {
                    throw error;
                }
                const isDone =
                    isStop && error.type === 'QubesVMNotStartedError';
                return isDone ? [] : [{ name, error }];
            }
        }),
    );
    return outcomes.flat();
}

function alreadyRunning({ name }: ListedQube): Failure {
    const error = new ApiError({
        type: 'QubesVMAlreadyStartedError',
        message: 'Domain is already running',
    });
    return { name, error };
}

function isInUse({ error }: Failure): boolean {
    return error.type === 'QubesVMInUseError';
}

function printFailures(
    { stderr }: ToolContext,
    what: string,
    failures: readonly Failure[],
): void {
    for (const { name, error } of failures) {
        stderr(`Error: ${what}: ${name}: ${error.message}\n`);
    }
}
