import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { quoted } from '../../../shared/printable.ts';
import type { CallFailure } from '../../core/agent-answer.ts';
import { ruleOwnerName, type System } from '../../core/qube.ts';
import type { Situation } from '../../core/situation.ts';
import { describeBrokenFile, seeErrors } from './broken-file.ts';
import type { Explanation } from './explanation.ts';
import { explainNoAgent, installIn, packagesOf } from './no-agent.ts';
import { explainUnserved } from './unserved.ts';

/** What holds for a qube, and what to do if that is not what is wanted. */
export function explainSituation(
    qube: QubeName,
    system: System,
    situation: Situation,
): Explanation {
    switch (situation.kind) {
        case 'no-rules':
            return {
                what: 'it has no rules, so no proxy answers it',
                todo: [],
            };
        case 'unserved':
            return explainUnserved(qube, ownerOf(qube, system), situation.why);
        case 'in-force':
            return { what: `in force in ${situation.proxyvm}`, todo: [] };
        case 'held':
            return explainHeldBack(qube, ownerOf(qube, system), situation);
        case 'closed':
            return {
                what:
                    `${situation.proxyvm} does not serve it: ` +
                    (situation.untrusted_reason === null
                        ? 'its agent says nothing of it'
                        : quoted(situation.untrusted_reason)),
                todo: [tryAgain(situation.proxyvm)],
            };
        case 'outdated':
            return {
                what:
                    `${situation.proxyvm} still serves it by its rules of ` +
                    `before: ${quoted(situation.untrusted_reason)}`,
                todo: [tryAgain(situation.proxyvm)],
            };
        case 'no-agent':
            return explainNoAgent(qube, system, situation);
        case 'unknown':
            return explainFailure(situation.proxyvm, system, situation.failure);
    }
}

function explainHeldBack(
    qube: QubeName,
    owner: QubeName,
    { isServed, problems }: Extract<Situation, { kind: 'held' }>,
): Explanation {
    const consequence = isServed
        ? 'what was in force before still is'
        : 'no proxy answers it';
    return {
        what: `${describeBrokenFile(problems, owner)}, so ${consequence}`,
        todo: [
            seeErrors(qube),
            ...(isServed
                ? [`to close it now: qvm-filterproxy stop ${qube}`]
                : []),
        ],
    };
}

function ownerOf(qube: QubeName, system: System): QubeName {
    const known = system.get(qube);
    return known === undefined ? qube : ruleOwnerName(known);
}

/** A call that failed: the ProxyVM may do now whatever it did before. */
export function explainFailure(
    proxyvm: QubeName,
    system: System,
    failure: CallFailure,
): Explanation {
    switch (failure.kind) {
        case 'halted':
            return {
                what: `${proxyvm} is halted, and is told once it runs`,
                todo: [],
            };
        case 'no-agent':
            return {
                what: `${proxyvm} has no filter proxy agent`,
                todo: [installIn(proxyvm, system)],
            };
        case 'agent-error':
            return mayBeAsBefore(
                proxyvm,
                `the agent in ${proxyvm} failed: ${failure.message}`,
                [`see the journal of ${proxyvm}`],
            );
        default:
            return mayBeAsBefore(
                proxyvm,
                `${proxyvm} could not be told: ${failure.message}`,
                failure.kind === 'unreachable' ? [ifPaused(proxyvm)] : [],
            );
    }
}

/** A ProxyVM that was only to be asked, and did not answer. */
export function explainUnasked(
    proxyvm: QubeName,
    system: System,
    failure: CallFailure,
): Explanation {
    const what = `${proxyvm}: ${failure.message}`;
    switch (failure.kind) {
        case 'no-agent':
            return { what, todo: [installIn(proxyvm, system)] };
        case 'too-old': {
            const template = packagesOf(proxyvm, system);
            return {
                what,
                todo: [
                    `update the package qubes-filterproxy in ${template}, ` +
                        `shut ${template} down and restart ${proxyvm}`,
                ],
            };
        }
        case 'agent-error':
            return { what, todo: [`see the journal of ${proxyvm}`] };
        default:
            return { what, todo: [] };
    }
}

/** dom0's tools are not asked whether it is. */
export function ifPaused(proxyvm: QubeName): string {
    return `if it is paused: qvm-unpause ${proxyvm}`;
}

function mayBeAsBefore(
    proxyvm: QubeName,
    failed: string,
    todo: readonly string[] = [],
): Explanation {
    return {
        what: `${failed}; what was in force there before may still be`,
        todo: [...todo, tryAgain(proxyvm)],
    };
}

function tryAgain(proxyvm: QubeName): string {
    return `to try again: qvm-filterproxy update ${proxyvm}`;
}
