// `/rw/config/tinyproxy` of the old guide: a filter file for each address,
// and a template of tinyproxy's configuration for all of them.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { toPrintable } from '../../../shared/printable.ts';
import { proxyFilePath, ruleFilePath } from '../config-file.ts';
import { atLine, wholeFile } from '../file-problem.ts';
import { ruleOwnerName, type System } from '../qube.ts';
import type { ArchivedFile } from '../tar.ts';
import {
    type Given,
    type Match,
    matchQube,
    type OldFile,
} from './match-qube.ts';
import { type OldConfig, parseOldConfig } from './old-config.ts';
import { convertOldFilter, parseOldFilterName } from './old-filter.ts';
import {
    type ImportPlan,
    type ImportProblem,
    type PlannedFile,
    planFile,
} from './planned-file.ts';

/** Without a template tinyproxy would not have started. */
const withoutConfig: OldConfig = {
    filterType: 'bre',
    default: 'deny',
    settings: [],
    notes: [],
};

function baseName(path: string): string {
    return path.split('/').at(-1) ?? path;
}

/** The filter files among them. */
export function oldFilters(files: readonly ArchivedFile[]): OldFile[] {
    return files.flatMap(({ path, bytes }) => {
        const untrusted_file = baseName(path);
        const name = parseOldFilterName(untrusted_file);
        return name === null ? [] : [{ ...name, untrusted_file, bytes }];
    });
}

/** For each qube with such a file, its rules; and the settings of all. */
export function planOldGuide(
    files: readonly ArchivedFile[],
    system: System,
    given: Given,
): ImportPlan {
    const config = configOf(files);
    const planned: PlannedFile[] = [];
    const remarks = [...config.remarks, ...unusedGiven(files, given)];
    const problems: ImportProblem[] = [...config.problems];
    const netvms = new Set<QubeName>();
    for (const old of oldFilters(files)) {
        const match = matchQube(old, system, given);
        if (typeof match === 'string') {
            remarks.push(`${toPrintable(old.untrusted_file)}: ${match}`);
            continue;
        }
        const result = planFilter(old, match, config.value);
        const path = result.planned?.path;
        if (path !== undefined && planned.some((each) => each.path === path)) {
            const message = `another file is for ${path} already`;
            problems.push(wholeFile(toPrintable(old.untrusted_file), message));
            continue;
        }
        planned.push(...(result.planned === null ? [] : [result.planned]));
        problems.push(...result.problems);
        if (match.qube.netvm !== null) {
            netvms.add(match.qube.netvm);
        }
    }
    const settings = planSettings(config.value, netvms);
    return {
        files: [...planned, ...settings.planned],
        remarks,
        problems: [...problems, ...settings.problems],
    };
}

function planFilter(
    { untrusted_file, address, bytes }: OldFile,
    { qube, isByHand }: Match,
    config: OldConfig,
) {
    const filter = convertOldFilter(
        Buffer.from(bytes).toString('utf8'),
        config.filterType,
    );
    if (config.default === 'allow' && filter.problems.length > 0) {
        // A line that is left out of a block list would open what it blocks.
        const file = toPrintable(untrusted_file);
        const problems = filter.problems.map(({ line, message }) =>
            atLine(file, line, `cannot be taken over: ${message}`),
        );
        return { planned: null, problems };
    }
    // At its end, so that the lines keep their numbers.
    const mode = config.default === 'allow' ? '!default allow\n' : '';
    const why = isByHand ? 'as you say' : `which has the address ${address}`;
    const owner = ruleOwnerName(qube);
    return planFile(Buffer.from(filter.text + mode), untrusted_file, {
        path: ruleFilePath(owner),
        owner: owner === qube.name ? qube : null,
        heading: `${toPrintable(untrusted_file)} is for ${qube.name}, ${why}`,
        remarks: filter.problems.map(
            ({ line, message }) =>
                `line ${line} cannot be taken over and becomes a remark: ${message}`,
        ),
    });
}

function configOf(files: readonly ArchivedFile[]) {
    const found = files.find(({ path }) => baseName(path) === 'config');
    if (found === undefined) {
        const remark =
            'there is no file "config": basic expressions are assumed, and ' +
            'that hosts are refused unless a rule matches';
        return { value: withoutConfig, remarks: [remark], problems: [] };
    }
    const config = parseOldConfig(Buffer.from(found.bytes).toString('utf8'));
    return config.ok
        ? {
              value: config.value,
              remarks: config.value.notes.map(
                  ({ line, untrusted_text, message }) =>
                      `config${line === 0 ? '' : `:${line}`}: ` +
                      `${toPrintable(untrusted_text, 80)}: ${message}`,
              ),
              problems: [],
          }
        : {
              value: withoutConfig,
              remarks: [],
              problems: [wholeFile('config', config.error)],
          };
}

/** The template holds for all clients of the ProxyVMs that it is taken to. */
function planSettings(
    { settings }: OldConfig,
    netvms: ReadonlySet<QubeName>,
): { planned: PlannedFile[]; problems: ImportProblem[] } {
    const text = settings.map((line) => `${line}\n`).join('');
    const results = [...(text === '' ? [] : netvms)].map((netvm) =>
        planFile(Buffer.from(text), 'config', {
            path: proxyFilePath(netvm),
            owner: null,
            heading: `config is for all clients of ${netvm}`,
            remarks: [],
        }),
    );
    return {
        planned: results.flatMap(({ planned }) => planned ?? []),
        // Their lines are those of what is written, which is shown with them.
        problems: results
            .flatMap(({ problems }) => problems)
            .map((problem) => ({ ...problem, line: null })),
    };
}

function unusedGiven(files: readonly ArchivedFile[], given: Given): string[] {
    const names = new Set(files.map(({ path }) => baseName(path)));
    return [...given.keys()]
        .filter((name) => !names.has(name))
        .map((name) => `--map ${toPrintable(name)}: there is no such file`);
}
