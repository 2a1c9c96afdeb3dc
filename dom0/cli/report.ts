// What is said after ProxyVMs were told to serve qubes (again).
import type { Situation } from '../core/situation.ts';
import type { Effect } from './effect.ts';
import {
    formatFailures,
    formatPlans,
    formatVisits,
    isWorrying,
    situationsJson,
    visitsJson,
} from './format/effect.ts';
import { formatLearners } from './format/learning.ts';
import { explainSituation } from './format/situation.ts';
import type { Options } from './options.ts';
import { jsonVersion, type Output, withDetails } from './output.ts';

export interface Report extends Options {
    readonly command: string;
    /** What became of the qubes themselves. */
    readonly headlines: readonly string[];
    /** No qube is named: what is as it should be is not told. */
    readonly all: boolean;
    /** The headlines say already which of the qubes learn. */
    readonly saysWhoLearns?: boolean;
    /** Whether a qube's situation is what the command promises. */
    readonly isAsPromised: (situation: Situation) => boolean;
}

export function reportOn(effect: Effect, report: Report): Output {
    const { command, headlines, all, dryRun, verbose, isAsPromised } = report;
    const { situations, visits, view } = effect;
    const explain = (isWanted: (situation: Situation) => boolean) =>
        [...situations]
            .filter(([, each]) => each.kind !== 'in-force' && isWanted(each))
            .flatMap(([qube, situation]) => {
                const { what, todo } = explainSituation(
                    qube,
                    view.system,
                    situation,
                );
                return withDetails(`${qube}: ${what}`, todo);
            });
    const good = all ? [] : explain(isAsPromised);
    const bad = explain((each) => !isAsPromised(each));
    const failures = formatFailures(effect, isWorrying);
    return {
        lines: [
            ...headlines,
            ...(dryRun ? formatPlans(visits) : formatVisits(effect, verbose)),
            ...good,
            ...(report.saysWhoLearns ? [] : formatLearners(effect)),
        ],
        warnings: [...bad, ...failures],
        json: {
            version: jsonVersion,
            command,
            dryRun,
            proxyvms: visitsJson(visits),
            qubes: situationsJson(effect),
        },
        failed: bad.length > 0 || visits.some(isWorrying),
    };
}
