// What `show` says, for programs.
import type { System } from '../../core/qube.ts';
import { heldOf } from '../../core/situation.ts';
import { jsonVersion } from '../output.ts';
import { isWider } from './connections.ts';
import { stateOf, visitsJson } from './effect.ts';
import { explainShown } from './explain-shown.ts';
import { freshnessJson, isStale } from './freshness.ts';
import { heldJson } from './held.ts';
import { learningJson } from './learning.ts';
import { ruleJson } from './rules.ts';
import { settingsJson } from './settings.ts';
import type { ShownClient, ShownProxyvm } from './show.ts';

export function showJson(
    served: readonly ShownProxyvm[],
    others: readonly ShownClient[],
    system: System,
) {
    const qubeJson = (shown: ShownClient, stale: boolean) => ({
        qube: shown.qube.name,
        state: stateOf(shown.situation),
        message: explainShown(shown, system, stale).what,
        stopped: heldJson(heldOf(shown.situation)),
        oldRules: isWider(shown.situation),
        learning: learningJson(shown.learner),
        default: shown.default,
        rules: shown.rules.map(ruleJson),
        settings: settingsJson(shown.settings),
        wayAround: shown.around,
    });
    return {
        version: jsonVersion,
        command: 'show',
        proxyvms: served.map(({ visit, freshness, clients, leftovers }) => ({
            ...visitsJson([visit])[0],
            ...freshnessJson(freshness),
            clients: clients.map((each) => qubeJson(each, isStale(freshness))),
            leftovers,
        })),
        unserved: others.map((each) => qubeJson(each, false)),
    };
}
