// What `client` shows, and what came of it.
import type { ClientOutcome } from '../../adapters/client-shell.ts';
import { localAddress } from '../../core/client-settings/address.ts';
import type { FileState } from '../../core/client-settings/answer.ts';
import {
    type SettingsFile,
    settingsFiles,
} from '../../core/client-settings/files.ts';
import { bootPaths, type Verb } from '../../core/client-settings/script.ts';
import type { Qube } from '../../core/qube.ts';
import { jsonVersion, type Output, withDetails } from '../output.ts';

/** The settings as they would be written; nothing is done. */
export function describeSettings(
    qube: Qube,
    where: Qube,
    verb: Verb | null,
): Output {
    const place = where === qube ? 'qube' : 'template';
    const paths = bootPaths(place);
    return {
        lines:
            verb === 'remove'
                ? withDetails(
                      `${where.name}: of these files those that are ours ` +
                          'would be removed',
                      [...paths, ...settingsFiles.map(({ path }) => path)],
                  )
                : [
                      `${where.name}: these files make programs of ` +
                          `${qube.name} use its proxy, at ${localAddress}`,
                      '',
                      ...settingsFiles.flatMap(describeFile),
                      `${paths[0]} writes them at each start`,
                      ...(verb === null
                          ? ['nothing was changed; to do it add --apply']
                          : []),
                  ],
        warnings: [],
        json: {
            version: jsonVersion,
            command: 'client',
            qube: qube.name,
            where: where.name,
            action: verb,
            dryRun: true,
            files: settingsFiles.map(({ path, reader, text }) => ({
                path,
                reader,
                text,
            })),
        },
        failed: false,
    };
}

function describeFile({ path, reader, text }: SettingsFile): string[] {
    return [
        ...withDetails(`${path} (${reader}):`, text.trimEnd().split('\n')),
        '',
    ];
}

/** What was done, `after` it what is left to do; with `verbose` each file. */
export function describeOutcome(
    where: Qube,
    verb: Verb,
    { files, trouble }: ClientOutcome,
    after: readonly string[],
    verbose: boolean,
): Pick<Output, 'lines' | 'warnings'> {
    const of = (...states: readonly FileState[]) =>
        files.filter(({ state }) => states.includes(state));
    if (trouble !== null) {
        const failures = of('failed').map(({ path }) => `not done: ${path}`);
        return {
            lines: [],
            warnings: withDetails(`${where.name}: ${trouble}`, failures),
        };
    }
    const isDone = of('written', 'removed').length > 0;
    return {
        lines: withDetails(`${where.name}: ${describeDone(verb, isDone)}`, [
            ...(verbose
                ? files.map((each) => `${each.state} ${each.path}`)
                : []),
            ...(isDone ? after : []),
        ]),
        warnings: of('foreign').flatMap(({ path }) => describeForeign(path)),
    };
}

function describeDone(verb: Verb, isDone: boolean): string {
    if (verb === 'remove') {
        return isDone
            ? 'the settings for the proxy are gone'
            : 'nothing of ours was there';
    }
    return isDone
        ? `programs are told to use the proxy, at ${localAddress}`
        : 'its settings are there already';
}

function describeForeign(path: string): string[] {
    const reader = settingsFiles.find((file) => file.path === path)?.reader;
    return withDetails(`${path} is not ours, so it was left as it is`, [
        `${reader ?? 'who reads it'} does not use the proxy unless you add it ` +
            `there: ${localAddress}, for HTTP and HTTPS`,
    ]);
}

/** What the user has to do or know then. */
export function describeAfter(qube: Qube, where: Qube, verb: Verb): string[] {
    const isTemplate = where !== qube;
    const next = isTemplate
        ? [
              `to have it in ${qube.name}: shut ${where.name} down, then ` +
                  `restart ${qube.name}`,
          ]
        : [
              'what runs now keeps what it started with; to be sure, restart ' +
                  qube.name,
          ];
    const isLost = qube.class === 'DispVM' && !isTemplate;
    return [
        ...next,
        ...(isLost && verb === 'apply' && qube.template !== null
            ? [
                  `it ends with ${qube.name}; for all disposables: ` +
                      `qvm-filterproxy client ${qube.template} --apply`,
              ]
            : []),
    ];
}
