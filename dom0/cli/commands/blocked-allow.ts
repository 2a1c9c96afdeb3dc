// `blocked --allow` lets the user choose from what was refused, and adds rules
// for that as `allow` does.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { type Qube, ruleOwnerName } from '../../core/qube.ts';
import { Failure } from '../../failure.ts';
import type { Choice } from '../../pick.ts';
import { look } from '../../view.ts';
import { agrees } from '../agrees.ts';
import {
    type Blocked,
    type BlockedHost,
    findBlocked,
} from '../blocked-hosts.ts';
import { explainError } from '../explain-error.ts';
import { formatAsked } from '../format/asked-requests.ts';
import { shownTime } from '../format/blocked-table.ts';
import type { Options } from '../options.ts';
import { jsonVersion, nothingChanged, type Output } from '../output.ts';
import { parseSince } from '../parse-since.ts';
import { type AllowArguments, allow } from './allow.ts';
import type { BlockedArguments } from './blocked.ts';

export interface BlockedAllowArguments extends BlockedArguments, Options {
    readonly comment: string | null;
    readonly expire: string | null;
    readonly untilShutdown: boolean;
    /** Disposables' templates are meant. */
    readonly template: boolean;
}

/** A host that a rule would let through. */
interface Offer {
    readonly qube: Qube;
    readonly host: BlockedHost;
}

export async function blockedAllow(
    deps: CommandDeps,
    args: BlockedAllowArguments,
): Promise<Output> {
    if (!deps.editor.isAtTerminal()) {
        throw new Failure(describeNoTerminal());
    }
    const since = parseSince(args.since, deps.now());
    const view = await look(deps);
    const found = await findBlocked(deps, view, { ...args, since });
    const { offers, leftOut } = offersIn(found, args);
    const warnings = [...formatAsked(found.proxyvms, view.system), ...leftOut];
    const unchanged = (line: string) =>
        together(args, [], { lines: [line], warnings });
    if (offers.length === 0) {
        return unchanged('nothing was refused that a rule would allow');
    }
    const picked = await deps.pick('Allow which?', offers.map(toChoice));
    const chosen = (picked ?? []).flatMap((index) => offers[index] ?? []);
    const changes = toChanges(chosen, args);
    if (changes.length === 0) {
        return unchanged('nothing was changed');
    }
    const said = { lines: [], warnings };
    const previews = await allowAll(deps, changes, true);
    if (args.dryRun) {
        return together(args, previews, said);
    }
    const shown = previews.flatMap((each) => [...each.lines, ...each.warnings]);
    return (await agrees(deps.editor, shown, 'Add these rules?'))
        ? together(args, await allowAll(deps, changes, false), said)
        : unchanged('nothing was changed');
}

function describeNoTerminal(): string {
    return nothingChanged('--allow is for a terminal', [
        'without one: qvm-filterproxy allow QUBE HOST',
    ]);
}

/** The newest first, each rule once. */
function offersIn(
    { qubes }: Blocked,
    { template, untilShutdown }: BlockedAllowArguments,
): { offers: Offer[]; leftOut: string[] } {
    const offers = new Map<string, Offer>();
    const leftOut: string[] = [];
    for (const { qube, owner, hosts } of qubes) {
        const wanted = hosts.filter(({ remedy }) => remedy.kind === 'rule');
        const isMeant = owner === qube.name || template || untilShutdown;
        if (wanted.length > 0 && !isMeant) {
            leftOut.push(
                `${qube.name}: it has the rules of ${owner}, as all ` +
                    'disposables of that have; to change them add --template',
            );
            continue;
        }
        for (const host of wanted) {
            const key = `${fileOf(qube, untilShutdown)} ${host.host}`;
            offers.set(key, { qube, host });
        }
    }
    return { offers: [...offers.values()].sort(byNewest), leftOut };
}

/** What is changed at once: a rule for one run is for one disposable. */
function fileOf(qube: Qube, untilShutdown: boolean): QubeName {
    return untilShutdown ? qube.name : ruleOwnerName(qube);
}

function byNewest(one: Offer, other: Offer): number {
    return other.host.last.getTime() - one.host.last.getTime();
}

function toChoice({ qube, host }: Offer): Choice {
    const times = host.count === 1 ? '1 time' : `${host.count} times`;
    return {
        label: `${qube.name}  ${host.host}`,
        hint: `${times}, last ${shownTime(host.last)}`,
    };
}

/** What to add to each file, as it would be typed. */
function toChanges(
    chosen: readonly Offer[],
    args: BlockedAllowArguments,
): AllowArguments[] {
    const changes = new Map<QubeName, AllowArguments>();
    for (const { qube, host } of chosen) {
        const file = fileOf(qube, args.untilShutdown);
        const patterns = [...(changes.get(file)?.patterns ?? []), host.host];
        changes.set(file, {
            qube: qube.name,
            patterns,
            asIs: false,
            comment: args.comment,
            expire: args.expire,
            untilShutdown: args.untilShutdown,
            template: args.template && file !== qube.name,
            dryRun: args.dryRun,
            verbose: args.verbose,
        });
    }
    return [...changes.values()];
}

/** One after the other: each is a change of its own. */
async function allowAll(
    deps: CommandDeps,
    changes: readonly AllowArguments[],
    dryRun: boolean,
): Promise<Output[]> {
    const outputs: Output[] = [];
    for (const change of changes) {
        const changed = allow(deps, { ...change, dryRun });
        outputs.push(await (dryRun ? changed : changed.catch(asOutput)));
    }
    return outputs;
}

/** What was changed before it is still to be told. */
function asOutput(error: unknown): Output {
    const warnings = explainError(error).split('\n');
    return { lines: [], warnings, json: null, failed: true };
}

function together(
    { dryRun }: BlockedAllowArguments,
    outputs: readonly Output[],
    said: Pick<Output, 'lines' | 'warnings'>,
): Output {
    return {
        lines: [...said.lines, ...outputs.flatMap(({ lines }) => lines)],
        warnings: [
            ...said.warnings,
            ...outputs.flatMap(({ warnings }) => warnings),
        ],
        json: {
            version: jsonVersion,
            command: 'blocked',
            dryRun,
            allowed: outputs.map(({ json }) => json),
        },
        failed: outputs.some(({ failed }) => failed),
    };
}
