// How often rules were used, as `list --usage` prints it.

import { ruleFilePath } from '../../core/config-file.ts';
import type { RulesOfFile } from '../../core/effective-rules.ts';
import { ruleOwnerName } from '../../core/qube.ts';
import type { StoredRule } from '../../core/rule-file.ts';
import type { Usages } from '../../core/usage/span.ts';
import type { RuleUsage } from '../../core/usage/usage-file.ts';
import type { Client } from '../../core/usage/usage-of-files.ts';
import { shownConfig } from '../../paths.ts';
import { shellLine } from './command.ts';
import { localTime } from './local-time.ts';
import { describeVia } from './place.ts';
import { describeReach } from './reach.ts';
import { ruleJson } from './rules.ts';

/** The rules of each of its files, and what is counted of them. */
export function formatUsage(client: Client, usages: Usages): string[] {
    const { qube, rules, isCounted, files } = client;
    const owner = ruleOwnerName(qube);
    const whose = owner === qube.name ? owner : `${qube.name}, as ${owner}`;
    const own = ruleFilePath(owner);
    if (rules === null && files.length > 0) {
        return [
            `${whose}: not counted, since a file of its rules has an error`,
            `    to see it: ${shellLine(['qvm-filterproxy', 'list', qube.name])}`,
        ];
    }
    if (rules === null || !isCounted) {
        return [
            `${whose}: the use of its rules is not counted`,
            `    to count it, put this line into ${shownConfig}/${own}: ` +
                '!usage on',
        ];
    }
    const all = rules.files.flatMap((each) => each.rules);
    return [
        `${whose}: ${describeReach(rules.default, all)}`,
        ...rules.files.flatMap((each) => [
            `  ${shownConfig}/${each.file}${describeVia(each.via)}`,
            ...formatFile(each, usages, each.file === own),
        ]),
    ];
}

function formatFile(
    { file, rules }: RulesOfFile,
    usages: Usages,
    isNumbered: boolean,
): string[] {
    const sums = usages.get(file)?.rules;
    const width = rules.reduce(
        (most, { expression }) => Math.max(most, expression.length),
        0,
    );
    const digits = String(rules.length).length + 4;
    return rules.map(({ expression }, index) => {
        const number = isNumbered ? String(index + 1) : '';
        const text = expression.padEnd(Math.min(width, 40));
        const used = describeUse(sums?.get(expression));
        return `${number.padStart(digits)}  ${text}  ${used}`;
    });
}

function describeUse(usage: RuleUsage | undefined): string {
    if (usage === undefined) {
        return 'not counted';
    }
    const { count, first, last } = usage;
    if (last === null) {
        return `not since ${timeOf(first)}`;
    }
    const times = count === 1 ? 'once' : `${count} times`;
    return `${times} since ${timeOf(first)}, last ${timeOf(last)}`;
}

function timeOf(seconds: number): string {
    return localTime(new Date(seconds * 1000).toISOString());
}

/** The same for programs. */
export function usageJson(client: Client, usages: Usages) {
    const { qube, rules, isCounted } = client;
    const owner = ruleOwnerName(qube);
    const counted = isCounted && rules !== null ? rules.files : [];
    return {
        qube: qube.name,
        file: ruleFilePath(owner),
        counted: isCounted,
        default: rules?.default ?? null,
        files: counted.map(({ file, via, rules: own }) => ({
            file,
            via,
            completeSince: usages.get(file)?.since ?? null,
            rules: own.map((rule) => ({
                ...ruleJson(rule),
                uses: usesJson(usages.get(file)?.rules, rule),
            })),
        })),
    };
}

function usesJson(
    sums: ReadonlyMap<string, RuleUsage> | undefined,
    { expression }: StoredRule,
) {
    const usage = sums?.get(expression);
    return usage === undefined
        ? null
        : { count: usage.count, since: usage.first, last: usage.last };
}
