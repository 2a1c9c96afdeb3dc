// `/rw/config/tinyproxy` of the old guide: a filter file for each address,
// and a template of tinyproxy's configuration for all of them.
import type { Ip4 } from '../../../shared/domain/address.ts';
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { toPrintable } from '../../../shared/printable.ts';
import { proxyFilePath, ruleFilePath } from '../config-file.ts';
import { wholeFile } from '../file-problem.ts';
import { type Qube, ruleOwnerName, type System } from '../qube.ts';
import type { ArchivedFile } from '../tar.ts';
import { type OldConfig, parseOldConfig } from './old-config.ts';
import {
    convertOldFilter,
    type OldFilterName,
    parseOldFilterName,
} from './old-filter.ts';
import {
    type ImportPlan,
    type ImportProblem,
    type PlannedFile,
    planFile,
} from './planned-file.ts';

/** The qube that a filter file is for, as the user says. */
export type Given = ReadonlyMap<string, QubeName>;

interface OldFile extends OldFilterName {
    /** Its name, `NAME.IP`. */
    readonly untrusted_file: string;
    readonly bytes: Uint8Array;
}

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

interface Match {
    readonly qube: Qube;
    readonly isByHand: boolean;
}

/** The qube, or why it is none and what to do. */
function matchQube(
    { untrusted_file, untrusted_name, address }: OldFile,
    system: System,
    given: Given,
): Match | string {
    const name = given.get(untrusted_file);
    if (name !== undefined) {
        const qube = system.get(name);
        return qube === undefined
            ? `there is no qube ${name}`
            : { qube, isByHand: true };
    }
    const [only, ...others] = withAddress(system, address);
    const say = `--map ${toPrintable(untrusted_file)}=`;
    if (only === undefined) {
        const namesake = [...system.keys()].find(
            (each) => each === untrusted_name,
        );
        return (
            `left out, no qube has the address ${address}; if it is for ` +
            `${namesake ?? 'one'}: ${say}${namesake ?? 'QUBE'}`
        );
    }
    return others.length === 0
        ? { qube: only, isByHand: false }
        : `left out, ${address} is the address of ` +
              `${[only, ...others].map((qube) => qube.name).join(' and ')}; ` +
              `to say which is meant: ${say}QUBE`;
}

function withAddress(system: System, address: Ip4): Qube[] {
    return [...system.values()].filter((qube) => qube.ip4 === address);
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
        problems: results.flatMap(({ problems }) => problems),
    };
}

function unusedGiven(files: readonly ArchivedFile[], given: Given): string[] {
    const names = new Set(files.map(({ path }) => baseName(path)));
    return [...given.keys()]
        .filter((name) => !names.has(name))
        .map((name) => `--map ${toPrintable(name)}: there is no such file`);
}
