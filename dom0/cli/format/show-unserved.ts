// What `show` says of those that no ProxyVM serves, and of ways around one.
import {
    hasProxy,
    isStopped,
    isUnfiltered,
} from '../../core/judge-situation.ts';
import { ruleOwnerName, type System } from '../../core/qube.ts';
import { heldOf } from '../../core/situation.ts';
import { withDetails } from '../output.ts';
import { blockListNote, learningNote, type ShownClient } from './show.ts';
import { explainSituation } from './situation.ts';
import { formatAroundAll, formatUnfiltered } from './way-around.ts';

/** Those that no ProxyVM serves, disposable templates apart. */
export function formatUnserved(
    shown: readonly ShownClient[],
    system: System,
): string[] {
    const format = (shown: ShownClient) => {
        const { qube, situation } = shown;
        const { what, todo } = explainSituation(qube.name, system, situation);
        // How kill-all is ended is told once.
        const isOfAll = heldOf(situation)?.through === 'all';
        const line = `${qube.name}: ${what}${blockListNote(shown)}`;
        return withDetails(line, [
            ...learningNote(shown),
            ...(isOfAll ? [] : todo),
            ...hintToAllow(shown),
        ]);
    };
    const templates = shown.filter(isForDisposables);
    const others = shown.filter((each) => !isForDisposables(each));
    return [
        ...(others.length === 0
            ? []
            : withDetails('not served:', others.flatMap(format))),
        ...templates.flatMap(format),
    ];
}

/** A disposable has the rules of its template. */
function hintToAllow({ qube, situation }: ShownClient): string[] {
    return situation.kind === 'no-rules'
        ? [
              'to let it reach a host: ' +
                  `qvm-filterproxy allow ${ruleOwnerName(qube)} HOST`,
          ]
        : [];
}

function isForDisposables({ situation }: ShownClient): boolean {
    return (
        situation.kind === 'unserved' &&
        situation.why.kind === 'for-disposables'
    );
}

/** Those that can go around their proxy, and those that have none. */
export function formatUnlocked(shown: readonly ShownClient[]): string[] {
    const unfiltered = shown.filter((each) => isUnfiltered(each.situation));
    return [
        ...formatAroundAll(
            shown.filter(
                ({ situation }) => hasProxy(situation) || isStopped(situation),
            ),
        ),
        ...formatUnfiltered(unfiltered),
    ];
}
