// qubesadmin/tools/qvm_tags.py

import { ApiError, linesOf } from './api.ts';
import type { Usage } from './arguments.ts';
import { resolveOne } from './domains.ts';
import { readArguments } from './read-arguments.ts';
import {
    invalidCommand,
    refuseUnrecognized,
    requireWords,
} from './requirements.ts';
import { RefusedError, type Tool, type ToolContext } from './tool.ts';
import { usages } from './usages.ts';

interface Command {
    readonly run: (
        context: ToolContext,
        name: string,
        tags: readonly string[],
    ) => Promise<number>;
    readonly usage: Usage;
    readonly required: readonly string[];
    readonly most: number;
}

const list: Command = {
    run: query,
    usage: usages.tagsList,
    required: [],
    most: 1,
};
const add: Command = {
    run: addAll,
    usage: usages.tagsAdd,
    required: ['tag'],
    most: Number.POSITIVE_INFINITY,
};
const del: Command = {
    run: removeAll,
    usage: usages.tagsDel,
    required: ['tag'],
    most: 1,
};

const commands: ReadonlyMap<string, Command> = new Map([
    ['list', list],
    ['ls', list],
    ['l', list],
    ['add', add],
    ['a', add],
    ['set', add],
    ['del', del],
    ['d', del],
    ['unset', del],
    ['u', del],
]);

export const qvmTags: Tool = async (context) => {
    const usage = usages.tags;
    const args = readArguments(context, usage, 2);
    const [word = '', commandWord = 'list'] = args.positionals;
    const command = commands.get(commandWord);
    if (command === undefined) {
        throw invalidCommand(usage, commandWord, commands.keys());
    }
    const inner = readArguments({ argv: args.rest }, command.usage);
    requireWords(command.usage, inner, command.required);
    requireWords(usage, args, ['VMNAME']);
    refuseUnrecognized(usage, [
        ...args.unrecognized,
        ...inner.positionals.slice(command.most),
        ...inner.unrecognized,
    ]);
    const tags = inner.positionals.slice(0, command.most);
    const { name } = await resolveOne(context, usage, word);
    try {
        return await command.run(context, name, tags);
    } catch (error) {
        throw error instanceof ApiError && error.isQubesException
            ? new RefusedError(error.message)
            : error;
    }
};

async function query(
    { api, stdout }: ToolContext,
    name: string,
    [tag]: readonly string[],
): Promise<number> {
    if (tag === undefined) {
        const tags = linesOf(await api.call('admin.vm.tag.List', name));
        stdout(tags.map((one) => `${one}\n`).join(''));
        return 0;
    }
    const reply = await api.call('admin.vm.tag.Get', name, tag);
    if (reply !== '1') {
        return 1;
    }
    stdout(`${tag}\n`);
    return 0;
}

async function addAll(
    { api }: ToolContext,
    name: string,
    tags: readonly string[],
): Promise<number> {
    for (const tag of tags) {
        await api.call('admin.vm.tag.Set', name, tag);
    }
    return 0;
}

/** A tag that is not there is no error. */
async function removeAll(
    { api }: ToolContext,
    name: string,
    tags: readonly string[],
): Promise<number> {
    for (const tag of tags) {
        try {
            await api.call('admin.vm.tag.Remove', name, tag);
        } catch (error) {
            const isMissing =
                error instanceof ApiError &&
                error.type === 'QubesTagNotFoundError';
            if (!isMissing) {
                throw error;
            }
        }
    }
    return 0;
}
