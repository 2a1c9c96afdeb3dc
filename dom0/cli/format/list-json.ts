// What `list` says of a qube's rules, for programs.
import { ruleFilePath } from '../../core/config-file.ts';
import { defaultIn } from '../../core/default.ts';
import { problemJson } from '../../words/problem.ts';
import { heldJson } from './held.ts';
import { learningJson } from './learning.ts';
import { isOfAnother, type ListEntry } from './list.ts';
import { ruleJson } from './rules.ts';

export function entryJson(entry: ListEntry) {
    const { name, file, effective, includes, tags } = entry;
    return {
        qube: name,
        file: ruleFilePath(name),
        exists: entry.qube !== null,
        inForce: !isOfAnother(entry),
        stopped: heldJson(entry.held),
        learning: learningJson(entry.learner),
        default: file.content.ok ? defaultIn(file.content) : null,
        rules: (file.content.ok ? file.content.value.rules : []).map(ruleJson),
        includes,
        tags: tags.map(({ tag, rules }) => ({ tag, rules })),
        effective:
            effective?.files.map(({ file, via, rules }) => ({
                file,
                via,
                rules: rules.map(ruleJson),
            })) ?? null,
        problems: entry.problems.map(problemJson),
        warnings: entry.loose.map(problemJson),
    };
}
