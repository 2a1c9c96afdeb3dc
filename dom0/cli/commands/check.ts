// `check` tells what the rules say of a host or a URL. It asks no ProxyVM:
// what is in force there is what `show` tells.
import { toPrintable } from '../../../shared/printable.ts';
import { addressOf } from '../../core/closed-way.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { decider } from '../../core/decide.ts';
import type { EffectiveRules } from '../../core/effective-rules.ts';
import { overRules } from '../../core/matching-rules.ts';
import { ruleOwnerName } from '../../core/qube.ts';
import { holdOn } from '../../core/stopped.ts';
import { parseTarget, type Target } from '../../core/target.ts';
import type { Deps } from '../../deps.ts';
import { look } from '../../view.ts';
import { formatProblems, problemJson } from '../../words/problem.ts';
import {
    type Checked,
    describeDecision,
    explainTarget,
} from '../format/check.ts';
import { checkedJson } from '../format/check-json.ts';
import { type EndingContext, endingContext } from '../format/ending.ts';
import { heldJson } from '../format/held.ts';
import { describeLearning, learningJson } from '../format/learning.ts';
import { hindranceOf } from '../hindrance.ts';
import { knownRules } from '../known-rules.ts';
import { learnerOf } from '../learner-of.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';
import { expectClient, parseTypedName } from '../resolve-qube.ts';
import { whyUnanswered } from '../unanswered.ts';
import { UsageError } from '../usage-error.ts';

export interface CheckArguments {
    readonly qube: string;
    readonly hosts: readonly string[];
}

/** Says which rule decides on each host, or that none does. */
export async function check(deps: Deps, args: CheckArguments): Promise<Output> {
    const targets = args.hosts.map(readTarget);
    const name = parseTypedName(args.qube);
    const view = await look(deps);
    const qube = expectClient(view.system, name);
    const owner = ruleOwnerName(qube);
    const rules = knownRules(view, qube);
    const problems = rules.ok ? [] : rules.error;
    const held = holdOn(view.stopped, qube, view.system);
    const unanswered = await whyUnanswered(deps, view, qube);
    const hindrance = hindranceOf(qube, rules, view) ?? unanswered;
    const context = endingContext(view.moment, qube, view.system);
    const checked = rules.ok ? checkAll(rules.value, targets, context) : [];
    const whose = owner === name ? name : `${name}, as ${owner}`;
    const learner = learnerOf(view, qube);
    const hasProxy =
        unanswered === null && view.placements.get(name)?.kind === 'served';
    const learning =
        learner === null
            ? []
            : [
                  `${name} ` +
                      describeLearning(learner.until, view.moment, hasProxy),
              ];
    return {
        lines: [
            ...checked.flatMap((each) =>
                withDetails(
                    `${whose}: ${describeDecision(each)}`,
                    explainTarget(each),
                ),
            ),
            ...learning,
        ],
        warnings: [
            ...formatProblems(problems),
            ...(hindrance === null
                ? []
                : withDetails(`${whose}: ${hindrance.what}`, hindrance.todo)),
        ],
        json: {
            version: jsonVersion,
            command: 'check',
            qube: name,
            file: ruleFilePath(owner),
            default: rules.ok ? rules.value.default : null,
            inForce: hindrance === null,
            learning: learningJson(learner),
            stopped: heldJson(held),
            hosts: checked.map(checkedJson),
            problems: problems.map(problemJson),
        },
        failed:
            hindrance !== null ||
            checked.some(({ decision }) => decision.refused !== null),
    };
}

type TypedTarget = Pick<Checked, 'untrusted_typed' | 'target'>;

/** The same rules for all of them. */
function checkAll(
    rules: EffectiveRules,
    targets: readonly TypedTarget[],
    context: EndingContext,
): Checked[] {
    const decide = decider(rules);
    const overOf = overRules(rules);
    return targets.map((each) => ({
        ...each,
        context,
        decision: decide(each.target),
        over: overOf(each.target.host),
        others: respell(each.target).map((host) => ({
            host,
            matching: decide({ ...each.target, host }).matching,
        })),
    }));
}

function readTarget(untrusted_typed: string): TypedTarget {
    const target = parseTarget(untrusted_typed);
    if (!target.ok) {
        const shown = toPrintable(untrusted_typed, 120);
        throw new UsageError(`'${shown}' ${target.error}`);
    }
    return { untrusted_typed, target: target.value };
}

/** Other ways to write a host that most programs take for the same. */
function respell({ host }: Target): string[] {
    const others = [host.replace(/\.$/, ''), addressOf(host) ?? host];
    return [...new Set(others)].filter((other) => other !== host);
}
