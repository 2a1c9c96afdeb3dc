// The scripts that a client, or its template, is sent: they write, or take
// back, the files that make programs use the proxy.
import { markLine } from './address.ts';
import { settingsFiles } from './files.ts';
import { shellFunctions } from './shell.ts';

/** What is settled in a qube itself, or in the template of qubes. */
export type Place = 'qube' | 'template';

export type Verb = 'apply' | 'remove';

/**
 * The service, in Qubes' sense, that a qube has whose template is to make its
 * programs use the proxy. In all other qubes of the template nothing happens.
 */
export const clientService = 'filterproxy-client';

/** What a boot needs to settle it again. */
interface BootFile {
    readonly path: string;
    readonly mode: '644' | '755';
    readonly text: string;
}

const filesEnd = 'FILTERPROXY-FILE';
const bootEnd = 'FILTERPROXY-BOOT';

/** What runs at boot: all of a template-based qube but /rw is new then. */
export const bootScript = [
    '#!/bin/sh',
    `# ${markLine}`,
    program(),
    'apply --no-block',
    'exit "$failed"',
    '',
].join('\n');

const settingsProgram = '/usr/lib/qubes-filterproxy-client/settings';
const settingsUnit = 'qubes-filterproxy-client-settings.service';

/** Early, so that the session finds its variables (R4.3 and later). */
const earlyScript = '/rw/config/rc.local-early.d/qubes-filterproxy-client.rc';

const bootFiles: Readonly<Record<Place, readonly BootFile[]>> = {
    qube: [{ path: earlyScript, mode: '755', text: bootScript }],
    template: [
        { path: settingsProgram, mode: '755', text: bootScript },
        {
            path: `/etc/systemd/system/${settingsUnit}`,
            mode: '644',
            text: `# ${markLine}
[Unit]
Description=Settings for this qube's filter proxy
ConditionPathExists=/run/qubes-service/${clientService}
After=qubes-sysinit.service local-fs.target
Before=qubes-gui-agent.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${settingsProgram}
`,
        },
        {
            path: '/etc/systemd/system/multi-user.target.d/qubes-filterproxy-client.conf',
            mode: '644',
            text: `# ${markLine}
[Unit]
Wants=${settingsUnit}
`,
        },
    ],
};

/** Every path that a script may name in what it prints. */
export const knownPaths: ReadonlySet<string> = new Set([
    ...settingsFiles.map(({ path }) => path),
    ...Object.values(bootFiles).flatMap((files) =>
        files.map(({ path }) => path),
    ),
]);

/** The paths that are there for the boot. */
export function bootPaths(place: Place): readonly string[] {
    return bootFiles[place].map(({ path }) => path);
}

/**
 * A script for the stdin of a shell. Nothing of it runs unless all of it has
 * arrived, and nothing that it runs reads it.
 */
export function renderScript(place: Place, verb: Verb): string {
    const steps = verb === 'apply' ? applySteps(place) : removeSteps(place);
    return [
        program(),
        'main() {',
        ...steps,
        '}',
        'main </dev/null',
        'exit "$failed"',
        '',
    ].join('\n');
}

/** In a template itself nothing is settled, so its updates go on as before. */
function applySteps(place: Place): string[] {
    const boot = bootFiles[place].map(({ path, mode, text }) =>
        putFile({ path, mode, text, needs: null, unless: null }, bootEnd),
    );
    return place === 'qube' ? [...boot, 'apply'] : boot;
}

function removeSteps(place: Place): string[] {
    const boot = bootPaths(place).map((path) => `take ${path}`);
    return place === 'qube'
        ? [
              ...boot,
              'take_directory "$root/rw/config/rc.local-early.d"',
              'withdraw',
          ]
        : [...boot, 'take_directories'];
}

function program(): string {
    return [
        shellFunctions,
        'put_files() {',
        ...settingsFiles.map((file) =>
            putFile({ ...file, mode: '644' }, filesEnd),
        ),
        '}',
        'take_files() {',
        ...settingsFiles.map(({ path }) => `take ${path}`),
        '}',
    ].join('\n');
}

interface Put extends BootFile {
    readonly needs: string | null;
    readonly unless: string | null;
}

function putFile(
    { path, mode, needs, unless, text }: Put,
    end: string,
): string {
    const words = [path, mode, `'${needs ?? ''}'`, `'${unless ?? ''}'`];
    return `put ${words.join(' ')} <<'${end}'\n${text}${end}`;
}
