// `client` makes programs in a qube use its proxy: it shows the settings, or
// writes them in the qube or in its template, or takes them back.

import type { CommandDeps } from '../../command-deps.ts';
import {
    clientService,
    type Place,
    renderScript,
    type Verb,
} from '../../core/client-settings/script.ts';
import type { Qube } from '../../core/qube.ts';
import { Failure } from '../../failure.ts';
import { look, type View } from '../../view.ts';
import {
    describeAfter,
    describeOutcome,
    describeSettings,
} from '../format/client.ts';
import { hindranceOf } from '../hindrance.ts';
import { knownRules } from '../known-rules.ts';
import type { Options } from '../options.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { expectClient, expectQube, parseTypedName } from '../resolve-qube.ts';
import { whyNoProxy } from '../unanswered.ts';
import { UsageError } from '../usage-error.ts';

export interface ClientArguments extends Options {
    readonly qube: string;
    readonly apply: boolean;
    readonly remove: boolean;
    readonly template: boolean;
}

/** Shows settings for programs in a qube, writes them or takes them back. */
export async function client(
    deps: CommandDeps,
    args: ClientArguments,
): Promise<Output> {
    const verb = verbOf(args);
    const view = await look(deps);
    const name = parseTypedName(args.qube);
    const qube = expectClient(view.system, name);
    const place: Place = args.template ? 'template' : 'qube';
    const where = args.template ? templateOf(qube, view) : qube;
    if (verb === null || args.dryRun) {
        return describeSettings(qube, where, verb);
    }
    if (where.xid === null) {
        throw new Failure(
            `${where.name} does not run\n` +
                `    to start it: qvm-start ${where.name}`,
        );
    }
    const script = renderScript(place, verb);
    const outcome = await deps.settleClient(where.name, script);
    if (outcome.trouble === null) {
        await switchService(deps, qube, place, verb);
    }
    const isAnswerable = outcome.trouble === null && verb === 'apply';
    const after = describeAfter(qube, where, verb);
    const said = describeOutcome(where, verb, outcome, after, args.verbose);
    return {
        ...said,
        warnings: [
            ...said.warnings,
            ...(isAnswerable ? await formatUnanswered(deps, view, qube) : []),
        ],
        json: {
            version: jsonVersion,
            command: 'client',
            qube: qube.name,
            where: where.name,
            action: verb,
            dryRun: false,
            files: outcome.files,
            error: outcome.trouble,
        },
        failed: outcome.trouble !== null,
    };
}

/** That no proxy answers its programs, as far as dom0 knows without asking. */
async function formatUnanswered(
    deps: CommandDeps,
    view: View,
    qube: Qube,
): Promise<string[]> {
    const why =
        hindranceOf(qube, knownRules(view, qube), view) ??
        (await whyNoProxy(deps, view, qube));
    return why === null
        ? []
        : withDetails(`${qube.name}: but ${why.what}`, why.todo);
}

function verbOf({ apply, remove }: ClientArguments): Verb | null {
    if (apply && remove) {
        throw new UsageError('--remove: not allowed with --apply');
    }
    return apply ? 'apply' : remove ? 'remove' : null;
}

function templateOf(qube: Qube, { system }: View): Qube {
    if (qube.template === null) {
        throw new UsageError(`--template: ${qube.name} has no template`);
    }
    return expectQube(system, qube.template);
}

/** Its template's settings are for a qube that has the service. */
async function switchService(
    deps: CommandDeps,
    { name }: Qube,
    place: Place,
    verb: Verb,
): Promise<void> {
    const feature = `service.${clientService}`;
    const problem =
        verb === 'remove'
            ? await deps.qubeSetup.run([
                  'qvm-features',
                  '--unset',
                  name,
                  feature,
              ])
            : place === 'template'
              ? await deps.qubeSetup.run(['qvm-features', name, feature, '1'])
              : null;
    if (problem !== null) {
        throw new Failure(problem.message);
    }
}
