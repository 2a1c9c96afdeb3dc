// `list --usage --forget`: sums begin anew.
import { askedNow } from '../../ask-usage.ts';
import { type Collected, collectUsage } from '../../collect-usage.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import { ruleOwnerName } from '../../core/qube.ts';
import {
    clientsIn,
    countedFiles,
    forgotten,
} from '../../core/usage/usage-of-files.ts';
import type { Deps } from '../../deps.ts';
import { shownConfig } from '../../paths.ts';
import { withUsageLock } from '../../usage-sums.ts';
import { look, type View } from '../../view.ts';
import { checkChoice } from '../choose-qubes.ts';
import { countRules } from '../format/rules.ts';
import { jsonVersion, type Output } from '../output.ts';
import { typedClient } from '../resolve-qube.ts';
import { describeFailures } from './list-usage.ts';

interface ForgetArguments {
    readonly qubes: readonly string[];
    /** Those of tags and sets, too. */
    readonly all: boolean;
    readonly dryRun: boolean;
}

interface Forgotten {
    readonly file: string;
    /** Rules with a sum that is not nothing. */
    readonly rules: number;
}

export async function forgetUsage(
    deps: Deps,
    args: ForgetArguments,
): Promise<Output> {
    checkChoice({ ...args, exclude: [] });
    const view = await look(deps);
    const own = args.qubes.map((name) => ownFile(view, name));
    // What is counted until now is not to be added later.
    const { failures } = args.dryRun
        ? nothingAsked
        : await collectUsage(deps, view, args.all ? null : own);
    const done = await withUsageLock(deps, async () => {
        const files = args.all ? await deps.usage.list() : [...new Set(own)];
        const counted = countedFiles(clientsIn(view));
        const all: Forgotten[] = [];
        for (const file of files) {
            const isCounted = counted.includes(file);
            all.push(await forget(deps, view, file, isCounted, args.dryRun));
        }
        return all;
    });
    return {
        lines:
            done.length === 0
                ? ['nothing was counted']
                : done.map((each) => describe(each, args.dryRun)),
        warnings: describeFailures({ failures }),
        json: {
            version: jsonVersion,
            command: 'list',
            dryRun: args.dryRun,
            forgotten: done,
        },
        failed: failures.size > 0,
    };
}

const nothingAsked: Pick<Collected, 'failures'> = { failures: new Map() };

function ownFile(view: View, untrusted_name: string): string {
    const qube = typedClient(view.system, untrusted_name);
    return ruleFilePath(ruleOwnerName(qube));
}

/** Sums that cannot be read go as well. */
async function forget(
    deps: Deps,
    view: View,
    file: string,
    isCounted: boolean,
    isTrial: boolean,
): Promise<Forgotten> {
    const read = await deps.usage.read(file);
    const usage = read.ok ? read.value : null;
    const used = [...(usage?.rules.values() ?? [])].filter(
        ({ count }) => count > 0,
    );
    if (isTrial) {
        return { file, rules: used.length };
    }
    if (usage !== null && isCounted) {
        const { boot } = view.moment;
        await deps.usage.write(file, forgotten(usage, askedNow(deps, boot)));
    } else {
        await deps.usage.delete(file);
    }
    return { file, rules: used.length };
}

function describe({ file, rules }: Forgotten, isTrial: boolean): string {
    const path = `${shownConfig}/${file}`;
    if (rules === 0) {
        return `${path}: no use was counted`;
    }
    const uses = `the uses of ${countRules({ length: rules })}`;
    return isTrial
        ? `${path}: ${uses} would be forgotten`
        : `${path}: ${uses} forgotten`;
}
