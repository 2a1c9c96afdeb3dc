// What executors work with.
import type { RunCommand } from '../../shared/io/run-command.ts';
import { runOrFail } from '../commands.ts';
import type { Clocks } from '../core/kept-deadlines.ts';
import type { ProxyUid } from '../core/proxy-uid.ts';
import type { TinyproxyVersion } from '../core/tinyproxy-version.ts';

export interface Tools {
    readonly run: RunCommand;
    /** Null where none is needed: nothing is started. */
    readonly tinyproxy: TinyproxyVersion | null;
    /** When it was planned: what is left of deadlines counts from then on. */
    readonly planned: Clocks;
    /** Hears how many connections a proxy had when it was ended. */
    readonly countEnded: (uid: ProxyUid, connections: number) => void;
}

/**
 * One transaction. The kernel tells what it added when all of it is in force;
 * nft ends later, when what was removed is out of the kernel's memory too.
 */
export async function nft(run: RunCommand, input: string): Promise<void> {
    const options = { input, isDoneOnOutput: true };
    await runOrFail(run, 'nft', ['--echo', '--file', '-'], options);
}

export async function systemctl(
    run: RunCommand,
    verb: 'start' | 'stop',
    names: readonly string[],
): Promise<void> {
    await runOrFail(run, 'systemctl', [verb, ...names]);
}
