// Suggested rules, as the user takes them at a terminal.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { CommandDeps } from '../command-deps.ts';
import type { Suggestion } from '../core/suggest.ts';
import type { Choice } from '../pick.ts';
import { agrees } from './agrees.ts';
import { namesOf, sumOf } from './format/suggest.ts';
import type { Output } from './output.ts';

/**
 * The patterns that the user takes; none if he leaves, or does not want what
 * would become of them, which `preview` tells.
 */
export async function pickPatterns(
    { pick, editor }: Pick<CommandDeps, 'pick' | 'editor'>,
    qube: QubeName,
    suggestions: readonly Suggestion[],
    preview: (patterns: readonly string[]) => Promise<Output>,
): Promise<readonly string[]> {
    const question = `${qube}: allow which?`;
    const picked = await pick(question, suggestions.map(toChoice));
    const patterns = (picked ?? []).flatMap(
        (index) => suggestions[index]?.pattern ?? [],
    );
    if (patterns.length === 0) {
        return [];
    }
    const { lines, warnings } = await preview(patterns);
    const shown = [...lines, ...warnings];
    const isAgreed = await agrees(editor, shown, 'Add these rules?');
    return isAgreed ? patterns : [];
}

function toChoice(each: Suggestion): Choice {
    const names = namesOf(each);
    const hint = [sumOf(each), ...names].join('; ');
    return { label: each.pattern, hint };
}
