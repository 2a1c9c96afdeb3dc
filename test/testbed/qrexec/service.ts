// How an agent finds and starts what a call names (qubes-core-qrexec 4.3.12
// libqrexec/exec.c, doc/execution.rst; seen: golden/qrexec).
import { accessSync, constants, readlinkSync, statSync } from 'node:fs';

export const exitCodes = { problem: 125, notFound: 127 } as const;

const serviceDirectories = [
    '/run/qubes-rpc',
    '/usr/local/etc/qubes-rpc',
    '/etc/qubes-rpc',
];

/** `SERVICE[+ARGUMENT] SOURCE [TYPE TARGET]`, after `QUBESRPC `. */
export interface ServiceCall {
    /** With the plus if it came with one. */
    readonly descriptor: string;
    readonly name: string;
    /** Null without a plus. */
    readonly argument: string | null;
    readonly source: string;
    readonly targetType: string | null;
    readonly target: string | null;
}

/** Null for what qrexec refuses: two blanks, a word too few or too many. */
export function parseServiceCall(text: string): ServiceCall | null {
    const words = text.split(' ');
    if (words.includes('') || ![2, 4].includes(words.length)) {
        return null;
    }
    const [descriptor = '', source = '', targetType, target] = words;
    const plus = descriptor.indexOf('+');
    return {
        descriptor,
        name: plus < 0 ? descriptor : descriptor.slice(0, plus),
        argument: plus < 0 ? null : descriptor.slice(plus + 1),
        source,
        targetType: targetType ?? null,
        target: target ?? null,
    };
}

export type Service =
    | { readonly kind: 'program'; readonly path: string }
    | { readonly kind: 'socket'; readonly path: string }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** The service, or the exit code of a call to it. */
export function findService(call: ServiceCall): Service | number {
    const { name, argument } = call;
    for (const file of [`${name}+${argument ?? ''}`, name]) {
        for (const directory of serviceDirectories) {
            const service = serviceAt(`${directory}/${file}`, argument);
            if (service !== null) {
                return service;
            }
        }
    }
    return exitCodes.notFound;
}

function serviceAt(
    path: string,
    argument: string | null,
): Service | number | null {
    const tcp = tcpLink(path);
    if (tcp !== null) {
        const port = Number(tcp.port ?? argument);
        return port > 0
            ? { kind: 'tcp', host: tcp.host, port }
            : exitCodes.problem;
    }
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) {
        return null;
    }
    if (stats.isSocket()) {
        return { kind: 'socket', path };
    }
    try {
        accessSync(path, constants.X_OK);
    } catch {
        return exitCodes.problem;
    }
    return { kind: 'program', path };
}

/** A link to /dev/tcp/HOST[/PORT]. */
function tcpLink(path: string): { host: string; port?: string } | null {
    let target: string;
    try {
        target = readlinkSync(path);
    } catch {
        return null;
    }
    const match = /^\/dev\/tcp\/([^/]+)(?:\/(\d+))?$/.exec(target);
    const [, host, port] = match ?? [];
    if (host === undefined) {
        return null;
    }
    return port === undefined ? { host } : { host, port };
}

/** The arguments of /bin/sh for a program: the script is exec.c's own. */
export function shellArguments(call: ServiceCall, program: string): string[] {
    const { descriptor, argument, source, targetType, target } = call;
    const requested =
        targetType === 'keyword'
            ? 'keyword QREXEC_REQUESTED_TARGET_KEYWORD="$5"'
            : targetType === 'name'
              ? 'name QREXEC_REQUESTED_TARGET="$5"'
              : '';
    const argumentVariable =
        argument === null ? '' : '"QREXEC_SERVICE_ARGUMENT=$4"';
    const script = [
        'set -e',
        'unset QREXEC_SERVICE_FULL_NAME QREXEC_REMOTE_DOMAIN ' +
            'QREXEC_REQUESTED_TARGET_TYPE QREXEC_SERVICE_ARGUMENT ' +
            'QREXEC_REQUESTED_TARGET QREXEC_REQUESTED_TARGET_KEYWORD',
        'export "QREXEC_SERVICE_FULL_NAME=$2" "QREXEC_REMOTE_DOMAIN=$3" ' +
            `QREXEC_REQUESTED_TARGET_TYPE=${requested} ${argumentVariable}`,
        `exec "$1" ${argument ? '"$4"' : ''}`,
    ].join('\n');
    return [
        '-lc',
        script,
        'sh',
        program,
        descriptor,
        source,
        argument ?? '',
        target ?? '',
    ];
}
