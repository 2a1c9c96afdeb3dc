// `blocked` tells which hosts qubes were refused, as their ProxyVMs say.
import type { AskedProxyvm } from '../../ask-requests.ts';
import { textToCheck } from '../../core/requests/remedy.ts';
import type { Deps } from '../../deps.ts';
import { look, type View } from '../../view.ts';
import { type Blocked, type BlockedOf, findBlocked } from '../blocked-hosts.ts';
import { formatAsked } from '../format/asked-requests.ts';
import {
    blockedJson,
    formatBlocked,
    formatNone,
    unnamedIn,
} from '../format/blocked.ts';
import { learningJson } from '../format/learning.ts';
import { jsonVersion, type Output } from '../output.ts';
import { parseSince } from '../parse-since.ts';

export interface BlockedArguments {
    /** None: all that were refused something. */
    readonly qubes: readonly string[];
    /** As typed; null: whenever it was. */
    readonly since: string | null;
}

export async function blocked(
    deps: Deps,
    args: BlockedArguments,
): Promise<Output> {
    const since = parseSince(args.since, deps.now());
    const view = await look(deps);
    const found = await findBlocked(deps, view, { ...args, since });
    const isNamed = args.qubes.length > 0;
    const shown = found.qubes.filter(
        (each) => isNamed || isWorthALine(each, since),
    );
    const lines = shown.flatMap((each) => formatBlocked(each, view, since));
    const isAnswered = found.proxyvms.some(({ result }) => result.ok);
    const nothing = isAnswered || found.proxyvms.length === 0;
    return {
        lines:
            lines.length > 0 || !nothing
                ? lines
                : formatNone(found.qubes, since),
        // Of those that are named it is said that their netvm is halted.
        warnings: formatAsked(
            found.proxyvms.filter((each) => !isNamed || !isHalted(each)),
            view.system,
        ),
        json: toJson(found, view, since),
        failed: found.proxyvms.some(
            (each) => !each.result.ok && !isHalted(each),
        ),
    };
}

/** Who does not run has nothing to tell. */
export function isHalted({ result }: AskedProxyvm): boolean {
    return !result.ok && result.error.kind === 'halted';
}

/** Of all qubes, those that were refused something, or may have been. */
function isWorthALine(blocked: BlockedOf, since: Date | null): boolean {
    const { hosts, told } = blocked;
    return (
        hosts.length > 0 ||
        unnamedIn(blocked, since) > 0 ||
        told?.recording === 'nothing'
    );
}

function toJson(found: Blocked, view: View, since: Date | null) {
    return {
        version: jsonVersion,
        command: 'blocked',
        since: since?.toISOString() ?? null,
        qubes: found.qubes.map(({ qube, hosts, told, learner }) => ({
            qube: qube.name,
            learning: learningJson(learner),
            why: whyNothing(view, qube.name),
            recording: told?.recording ?? null,
            hosts: hosts.map((host) => blockedJson(host, textToCheck(host))),
            unnamed: told?.unnamed ?? 0,
        })),
        proxyvms: found.proxyvms.map(({ proxyvm, result }) => ({
            proxyvm,
            ok: result.ok,
            strangers: result.ok ? result.value.strangers : [],
            unknown: result.ok ? result.value.unknown : 0,
            error: result.ok ? null : result.error,
        })),
    };
}

/** Why no proxy answers it, if none does. */
function whyNothing(
    { placements }: View,
    name: BlockedOf['qube']['name'],
): string | null {
    const placement = placements.get(name);
    if (placement === undefined) {
        return 'no-rules';
    }
    return placement.kind === 'served' ? null : placement.kind;
}
