// One executor for each kind of step. They decide nothing.
import type { RunCommand } from '../../shared/io/run-command.ts';
import type { Family } from '../core/observed-state.ts';
import type { StepAction, StepOf } from '../core/step.ts';
import { AgentFailure } from '../failure.ts';
import { rememberLoaded } from '../loaded.ts';
import { observeQubesTable, observeTable } from '../observe/nft.ts';
import { paths, proxyPaths, units } from '../paths.ts';
import {
    renderBaseTable,
    renderChangeElements,
    renderDeleteTable,
    renderInsertInputRule,
    renderLoadTable,
    renderRemoveInputRule,
} from '../render/nft.ts';
import { drainProxies, keepProxies } from './drain-proxies.ts';
import { endProxies } from './end-proxies.ts';
import { removeWhole } from './files.ts';
import { removeLog } from './recording.ts';
import { setDeadlines } from './set-deadlines.ts';
import { startProxies, writeProxy } from './start-proxies.ts';
import { nft, systemctl, type Tools } from './tools.ts';

type Executor<Action extends StepAction> = (
    tools: Tools,
    step: StepOf<Action>,
) => Promise<void>;

const executors: { readonly [Action in StepAction]: Executor<Action> } = {
    'load-table': async ({ run }, { elements }) => {
        await nft(run, renderLoadTable(elements));
        const table = await observeTable(run);
        if (table === null) {
            throw new AgentFailure('apply', 'the table vanished after loading');
        }
        rememberLoaded('table', renderBaseTable(), table.listing);
    },
    'change-elements': ({ run }, { remove, add }) =>
        nft(run, renderChangeElements(remove, add)),
    'insert-input-rules': async ({ run }, { families, replacing }) => {
        const stale = await observeInputRules(run, replacing);
        const handlesIn = (family: Family) =>
            stale.find((each) => each.family === family)?.inputRule?.handles;
        const texts = families.map((family) =>
            renderInsertInputRule(family, handlesIn(family) ?? []),
        );
        await nft(run, texts.join(''));
        const inserted = await observeInputRules(run, families);
        for (const { family, inputRule } of inserted) {
            const text = renderInsertInputRule(family, []);
            rememberLoaded(family, text, inputRule?.listing ?? '');
        }
    },
    'remove-input-rules': async ({ run }, { families }) => {
        const there = await observeInputRules(run, families);
        const texts = there.map(({ family, inputRule }) =>
            renderRemoveInputRule(family, inputRule?.handles ?? []),
        );
        await nft(run, texts.join(''));
    },
    'write-proxy': async (tools, step) => writeProxy(tools, step),
    'set-deadlines': setDeadlines,
    'start-proxies': startProxies,
    'drain-proxies': drainProxies,
    'keep-proxies': keepProxies,
    'end-proxies': endProxies,
    'end-spare': ({ run }, { uid }) =>
        systemctl(run, 'stop', [units.proxy(uid)]),
    'remove-proxies': async (_, { uids }) => {
        for (const uid of uids) {
            removeLog(uid);
            removeWhole(proxyPaths(uid).directory);
        }
    },
    'follow-resolvers': ({ run }, { on }) =>
        systemctl(run, on ? 'start' : 'stop', [units.resolvers]),
    'delete-table': async ({ run }) => {
        await nft(run, renderDeleteTable());
        // Nobody is a client any more.
        removeWhole(paths.tenures);
    },
};

function observeInputRules(run: RunCommand, families: readonly Family[]) {
    const looks = families.map(async (family) => {
        const { inputRule } = await observeQubesTable(run, family);
        return { family, inputRule };
    });
    return Promise.all(looks);
}

export async function execute<Action extends StepAction>(
    tools: Tools,
    step: StepOf<Action>,
): Promise<void> {
    await executors[step.action](tools, step);
}
