// `lint` looks for rules that do not mean what they seem to, and mends them.
import { changeFiles } from '../../change-files.ts';
import type { CommandDeps } from '../../command-deps.ts';
import { filesFor } from '../../core/concerning-files.ts';
import { proxyFilePath } from '../../core/config-file.ts';
import { isSettled } from '../../core/judge-situation.ts';
import type { Findings } from '../../core/lint/finding.ts';
import { type Fixing, fixText, isFixed } from '../../core/lint/fix.ts';
import { type LintInput, lintFiles } from '../../core/lint/lint-files.ts';
import { type ReadUsages, readUsages } from '../../read-usages.ts';
import { look, type View, withTexts } from '../../view.ts';
import { problemsIn, textsIn } from '../../words/files.ts';
import {
    findingJson,
    formatFinding,
    formatOffer,
    type Handled,
} from '../format/lint.ts';
import type { Options } from '../options.ts';
import { jsonVersion, type Output } from '../output.ts';
import { putFilesInForce } from '../put-in-force.ts';
import { reportOn } from '../report.ts';
import { typedClient } from '../resolve-qube.ts';
import { UsageError } from '../usage-error.ts';

export interface LintArguments extends Options {
    /** None: all files are looked at. */
    readonly qubes: readonly string[];
    /** Remove lines without which the same is let through. */
    readonly fix: boolean;
    /** Write narrower rules as well. */
    readonly narrow: boolean;
}

/** Tells what deserves a look in rule files, and mends it. */
export async function lint(
    deps: CommandDeps,
    args: LintArguments,
): Promise<Output> {
    if (args.fix) {
        return fix(deps, args);
    }
    for (const [isGiven, flag] of [
        [args.narrow, '--narrow'],
        [args.dryRun, '--dry-run'],
    ] as const) {
        if (isGiven) {
            throw new UsageError(`${flag} can only be used with --fix`);
        }
    }
    const known = await readKnown(deps);
    const found = lintView(await look(deps), known, args);
    const handled = found.findings.map((each) => ({
        found: each,
        before: null,
    }));
    const output = tell(handled, found.skipped, args);
    const offer = formatOffer(found.findings, args.qubes);
    return { ...output, lines: [...output.lines, ...offer] };
}

async function fix(deps: CommandDeps, args: LintArguments): Promise<Output> {
    const fixing = { isNarrowing: args.narrow };
    const known = await readKnown(deps);
    const edit = (view: View) => {
        const found = lintView(view, known, args);
        const texts = textsIn(view);
        const note = { ...found, handled: handle(found, fixing, texts) };
        return { texts: fixTexts(found, fixing, texts), note };
    };
    const { before, texts, note } = await changeFiles(
        deps,
        'lint',
        edit,
        args.dryRun,
    );
    const told = tell(note.handled, note.skipped, args);
    if (texts.size === 0) {
        return told;
    }
    const view = withTexts(before, texts);
    const manner = { isTrial: args.dryRun, isDraining: false };
    const paths = new Set(texts.keys());
    const effect = await putFilesInForce(deps, view, paths, manner);
    const report = reportOn(effect, {
        ...args,
        command: 'lint',
        headlines: told.lines,
        all: true,
        isAsPromised: isSettled,
    });
    return {
        lines: report.lines,
        warnings: [...told.warnings, ...report.warnings],
        json: { ...told.json, ...report.json },
        failed: told.failed || report.failed,
    };
}

type Known = ReadUsages & Pick<LintInput, 'othersBelow'>;

/** What it goes by besides the rules. */
async function readKnown(deps: CommandDeps): Promise<Known> {
    const othersBelow = await deps.loadOthersBelow();
    return { ...(await readUsages(deps)), othersBelow };
}

function lintView(
    view: View,
    { problems, ...known }: Known,
    { qubes }: LintArguments,
): Findings {
    const files = new Set(qubes.flatMap((name) => filesOf(view, name)));
    return lintFiles(
        { ...view, ...known, problems: [...problemsIn(view), ...problems] },
        (file) => qubes.length === 0 || files.has(file),
    );
}

function filesOf(view: View, untrusted_name: string): string[] {
    const qube = typedClient(view.system, untrusted_name);
    const files = filesFor(view, qube).map(({ file }) => file);
    return qube.netvm === null ? files : [...files, proxyFilePath(qube.netvm)];
}

type Texts = ReadonlyMap<string, string>;

function handle(
    { findings }: Findings,
    fixing: Fixing,
    texts: Texts,
): Handled[] {
    const lines = new Map<string, string[]>();
    return findings.map((found) => {
        const { file, line } = found;
        const known = lines.get(file) ?? texts.get(file)?.split('\n') ?? [];
        lines.set(file, known);
        const before = line === null ? null : (known[line - 1] ?? null);
        return { found, before: isFixed(found, fixing) ? before : null };
    });
}

/** Of those files that it changes. */
function fixTexts(
    { findings }: Findings,
    fixing: Fixing,
    texts: Texts,
): Map<string, string> {
    const fixed = findings.filter((each) => isFixed(each, fixing));
    return new Map(
        [...new Set(fixed.map(({ file }) => file))].map((file) => {
            const own = fixed.filter((each) => each.file === file);
            return [file, fixText(texts.get(file) ?? '', own, fixing)];
        }),
    );
}

function tell(
    handled: readonly Handled[],
    skipped: number,
    args: LintArguments,
): Output {
    return {
        lines:
            handled.length === 0
                ? ['nothing found']
                : handled.flatMap(formatFinding),
        warnings:
            skipped === 0
                ? []
                : [
                      `${skipped} rules that name no single domain were not ` +
                          'compared with all others, as there are too many',
                  ],
        json: {
            version: jsonVersion,
            command: 'lint',
            dryRun: args.dryRun,
            findings: handled.map(findingJson),
            skipped,
            proxyvms: [],
            qubes: [],
        },
        failed: handled.some(({ before }) => before === null || args.dryRun),
    };
}
