import { type Arguments, parseArguments, type Usage } from './arguments.ts';
import { type ToolContext, VersionAsked } from './tool.ts';

/** `--version` ends a tool before anything else is looked at. */
export function readArguments(
    { argv }: Pick<ToolContext, 'argv'>,
    usage: Usage,
    stopAfter?: number,
): Arguments {
    const args = parseArguments(usage, argv, stopAfter);
    if (args.has('--version')) {
        throw new VersionAsked();
    }
    return args;
}
