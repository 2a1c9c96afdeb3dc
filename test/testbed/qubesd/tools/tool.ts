// What is common to all tools: what they get, and how they end.

import { existsSync } from 'node:fs';
import { Api, ApiError } from './api.ts';
import { UsageError } from './arguments.ts';
import { QrexecApi } from './qrexec-api.ts';
import { traceback } from './traceback.ts';

export interface ToolContext {
    readonly argv: readonly string[];
    readonly api: Api;
    readonly stdout: (text: string) => void;
    readonly stderr: (text: string) => void;
}

/** Resolves with the exit code. */
export type Tool = (context: ToolContext) => Promise<number>;

/** One line on stderr and exit code 1, without the usage. */
export class RefusedError extends Error {}

/** `--version`: text on stdout and exit code 0. */
export class VersionAsked extends Error {}

export async function runTool(
    program: string,
    tool: Tool,
    context: ToolContext,
): Promise<number> {
    try {
        return await tool(context);
    } catch (error) {
        return end(program, context, error);
    }
}

/** The main function of a stand-in in `test/testbed/bin`. */
export async function main(program: string, tool: Tool): Promise<void> {
    process.exitCode = await runTool(program, tool, {
        argv: process.argv.slice(2),
        api: apiHere(),
        stdout: (text) => process.stdout.write(text),
        stderr: (text) => process.stderr.write(text),
    });
}

/** qubesadmin/__init__.py: whether this is dom0, or a management qube. */
function apiHere(): Api {
    const socketPath = process.env['QUBESD_SOCK'];
    return socketPath === undefined && !existsSync('/etc/qubes-release')
        ? new QrexecApi()
        : new Api(socketPath ?? '/var/run/qubesd.sock');
}

function end(program: string, context: ToolContext, error: unknown): number {
    if (error instanceof UsageError) {
        const { text, program: name } = error.usage;
        context.stderr(`${text}${name}: error: ${error.message}\n`);
        return 2;
    }
    if (error instanceof RefusedError) {
        context.stderr(`${program}: error: ${error.message}\n`);
        return 1;
    }
    if (error instanceof VersionAsked) {
        context.stdout(version(program));
        return 0;
    }
    if (error instanceof ApiError || error instanceof PythonError) {
        context.stderr(traceback(program, error));
        return 1;
    }
    throw error;
}

/** An exception of the tool's own that nothing catches. */
export class PythonError extends Error {
    readonly type: string;

    constructor(type: string, message: string) {
        super(message);
        this.type = type;
    }
}

/** Two of the tools keep the line ends of the text, the others fill lines. */
function version(program: string): string {
    const lines = [
        `${program} (Qubes Admin API package) 4.4.0`,
        'Copyright (C) Invisible Things Lab',
        'License: None',
    ];
    return ['qvm-firewall', 'qvm-ls'].includes(program)
        ? `${lines.join('\n')}\n`
        : `${fill(lines.join(' '))}\n`;
}

/** At 78 columns, as argparse does for a terminal of 80. */
function fill(text: string): string {
    return text.replace(/(.{1,78})(?: |$)/g, '$1\n').trimEnd();
}
