// The answer of `check`, for programs.
import { toPrintable } from '../../../shared/printable.ts';
import type { PlacedRule } from '../../core/decide.ts';
import type { Checked } from './check.ts';
import { ruleJson } from './rules.ts';
import { upstreamJson } from './settings.ts';

export function checkedJson({
    untrusted_typed,
    target,
    decision,
    over,
}: Checked) {
    return {
        typed: toPrintable(untrusted_typed),
        host: toPrintable(target.host),
        port: target.port,
        allowed: decision.refused === null,
        refused: decision.refused?.kind ?? null,
        openAt: decision.refused === null ? decision.openAt : null,
        learning: decision.isLearning,
        upstream: upstreamJson(decision.upstream),
        rules: decision.matching.map(placedJson),
        over: over.map(placedJson),
    };
}

function placedJson({ number, file, via, rule }: PlacedRule) {
    return { number, file, via, ...ruleJson(rule) };
}
