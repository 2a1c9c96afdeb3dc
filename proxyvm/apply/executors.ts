// One executor for each kind of step. They decide nothing.
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../../shared/io/errno.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { runOrFail } from '../commands.ts';
import { type ProxyUid, portOf } from '../core/proxy-uid.ts';
import type { Step, StepAction, StepOf } from '../core/step.ts';
import type { TinyproxyVersion } from '../core/tinyproxy-version.ts';
import { AgentFailure } from '../failure.ts';
import { rememberLoaded } from '../loaded.ts';
import { observeListeners, portsInUse, portsOf } from '../observe/listeners.ts';
import { observeInputRule, observeTable } from '../observe/nft.ts';
import { paths, proxyPaths, units } from '../paths.ts';
import {
    renderBaseTable,
    renderChangeElements,
    renderDeleteTable,
    renderInsertInputRule,
    renderLoadTable,
    renderRemoveInputRule,
} from '../render/nft.ts';
import { renderTinyproxy } from '../render/tinyproxy.ts';
import { makeDirectory, writeWhole } from './files.ts';
import { StartFailure } from './start-failure.ts';

export interface Tools {
    readonly run: RunCommand;
    /** Null where none is needed: nothing is started. */
    readonly tinyproxy: TinyproxyVersion | null;
}

type Executor<Action extends StepAction> = (
    tools: Tools,
    step: StepOf<Action>,
) => Promise<void>;

const executors: { readonly [Action in StepAction]: Executor<Action> } = {
    'load-table': async ({ run }, { elements }) => {
        await nft(run, renderLoadTable(elements));
        const { listing } = await observeTable(run);
        if (listing === null) {
            throw new AgentFailure('apply', 'the table vanished after loading');
        }
        await rememberLoaded('table', renderBaseTable(), listing);
    },
    'change-elements': ({ run }, { remove, add }) =>
        nft(run, renderChangeElements(remove, add)),
    'insert-input-rule': async ({ run }, { family }) => {
        const stale = await observeInputRule(run, family);
        await nft(run, renderInsertInputRule(family, stale?.handles ?? []));
        const inserted = await observeInputRule(run, family);
        const text = renderInsertInputRule(family, []);
        await rememberLoaded(family, text, inserted?.listing ?? '');
    },
    'remove-input-rule': async ({ run }, { family }) => {
        const rule = await observeInputRule(run, family);
        await nft(run, renderRemoveInputRule(family, rule?.handles ?? []));
    },
    'write-proxy': writeProxy,
    'start-proxies': startProxies,
    'drain-proxies': async ({ run }, { uids }) => {
        const uptime = await readFile('/proc/uptime', 'latin1');
        const seconds = uptime.split('.')[0] ?? '';
        for (const uid of uids) {
            await writeWhole(proxyPaths(uid).draining, `${seconds}\n`);
        }
        await systemctl(run, 'start', uids.map(units.drainTimer));
    },
    'keep-proxies': async ({ run }, { uids }) => {
        await systemctl(run, 'stop', uids.map(units.drainTimer));
        for (const uid of uids) {
            await rm(proxyPaths(uid).draining, { force: true });
        }
    },
    'end-proxies': endProxies,
    'remove-proxies': async (_, { uids }) => {
        for (const uid of uids) {
            await rm(proxyPaths(uid).directory, {
                recursive: true,
                force: true,
            });
        }
    },
    'follow-resolvers': ({ run }, { on }) =>
        systemctl(run, on ? 'start' : 'stop', [units.resolvers]),
    'delete-table': async ({ run }) => {
        await nft(run, renderDeleteTable());
    },
};

export async function execute(tools: Tools, step: Step): Promise<void> {
    // Each executor takes exactly the step that its key names.
    const executor = executors[step.action] as Executor<typeof step.action>;
    await executor(tools, step as StepOf<typeof step.action>);
}

async function nft(run: RunCommand, input: string): Promise<void> {
    await runOrFail(run, 'nft', ['--file', '-'], { input });
}

async function systemctl(
    run: RunCommand,
    verb: 'start' | 'stop',
    names: readonly string[],
): Promise<void> {
    await runOrFail(run, 'systemctl', [verb, ...names]);
}

async function writeProxy(
    { tinyproxy }: Tools,
    { uid, record }: StepOf<'write-proxy'>,
): Promise<void> {
    if (tinyproxy === null) {
        throw new StartFailure([uid], 'there is no tinyproxy to start');
    }
    const files = proxyPaths(uid);
    const secret = randomBytes(16).toString('hex');
    const { config, filter } = renderTinyproxy(
        uid,
        record,
        tinyproxy,
        files.filter,
        secret,
    );
    await makeDirectory(paths.proxies, 0o711);
    try {
        // The proxy's own group reads its files; no other proxy does.
        await makeDirectory(files.directory, 0o750, uid);
        await writeWhole(files.config, config, uid);
        await writeWhole(files.filter, filter, uid);
        await writeWhole(files.record, JSON.stringify(record));
    } catch (error) {
        if (isErrno(error)) {
            const reason = `its files cannot be written: ${error.code}`;
            throw new StartFailure([uid], reason);
        }
        throw error;
    }
}

/** Two hundred at once take ten seconds on two slow cores. */
const startTimeoutMs = 90_000;
const listenTimeoutMs = 5000;
const listenPollMs = 2;

/**
 * Type=exec says only that the program runs: it listens a moment later, or
 * ends because something is wrong with its files or its port.
 */
async function startProxies(
    { run }: Tools,
    { uids }: StepOf<'start-proxies'>,
): Promise<void> {
    const started = await run(
        'systemctl',
        ['start', ...uids.map(units.proxy)],
        {
            timeoutMs: startTimeoutMs,
        },
    );
    const deadline = performance.now() + listenTimeoutMs;
    let waiting = await notListening(run, uids);
    while (waiting.length > 0 && performance.now() < deadline) {
        await sleep(listenPollMs);
        waiting = await notListening(run, waiting);
    }
    if (waiting.length > 0) {
        await systemctl(run, 'stop', waiting.map(units.proxy));
        throw new StartFailure(waiting, 'its proxy does not listen');
    }
    if (started.exitCode !== 0) {
        throw new StartFailure(uids, 'its proxy did not start');
    }
}

async function notListening(
    run: RunCommand,
    uids: readonly ProxyUid[],
): Promise<ProxyUid[]> {
    const ports = new Set(portsOf(await observeListeners(run)));
    return uids.filter((uid) => !ports.has(portOf(uid)));
}

/** Requests under way when a filter narrows get this long to be answered. */
const graceMs = 1500;
const gracePollMs = 50;

async function endProxies(
    { run }: Tools,
    { uids }: StepOf<'end-proxies'>,
): Promise<void> {
    await forgetUnanswered(run, uids);
    const deadline = performance.now() + graceMs;
    const ports = uids.map(portOf);
    while (
        performance.now() < deadline &&
        (await portsInUse(run, ports)).length > 0
    ) {
        await sleep(gracePollMs);
    }
    await systemctl(run, 'stop', [
        ...uids.map(units.drainTimer),
        ...uids.map(units.proxy),
    ]);
}

/**
 * A SYN that a full queue dropped keeps its way to the old port in
 * conntrack: its repetition would meet a closed port instead of the proxy
 * that serves now. conntrack ends with 1 when there was none.
 */
async function forgetUnanswered(
    run: RunCommand,
    uids: readonly ProxyUid[],
): Promise<void> {
    for (const uid of uids) {
        await run('conntrack', [
            '--delete',
            '--proto',
            'tcp',
            '--reply-port-src',
            String(portOf(uid)),
            '--state',
            'SYN_SENT',
        ]);
    }
}
