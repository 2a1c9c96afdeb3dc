// What may happen next in a history, and doing it. Nobody waits until the
// daemon has followed.
import { bed } from '../bed.ts';
import {
    hosts,
    killDaemon,
    removeRules,
    saveRules,
    untilUp,
} from '../daemon.ts';
import { filterproxy } from '../filterproxy.ts';
import type { Client, State } from './state.ts';

export interface Operation {
    readonly title: string;
    run(): Promise<void>;
}

/** In an order that depends on the state only. */
export function possibleOperations(state: State): Operation[] {
    return [
        ...[...state.clients.values()].flatMap((client) => [
            ...ofLife(state, client),
            ...ofNetwork(state, client),
            ...ofRules(client),
            ...(state.isQubesdUp ? ofCommands(client) : []),
        ]),
        ...[...state.proxyvms.keys()].flatMap((name) => ofProxyvm(state, name)),
        ...ofCreation(state),
        ...ofDom0(state),
    ];
}

/** All that keeps clients from what they are to reach is over. */
export async function settle(state: State): Promise<void> {
    await setQubesd(state, true);
    for (const [name, isRunning] of state.proxyvms) {
        if (!isRunning) {
            await bed.start(name);
            state.proxyvms.set(name, true);
        }
    }
    for (const client of state.clients.values()) {
        if (client.isPaused) {
            await unpause(client);
        }
    }
}

function operation(title: string, run: () => Promise<void>): Operation {
    return { title, run };
}

function ofLife(state: State, client: Client): Operation[] {
    const { name, isRunning, isPaused } = client;
    if (isPaused) {
        return [operation(`unpause ${name}`, () => unpause(client))];
    }
    if (!isRunning) {
        return [operation(`start ${name}`, () => start(state, client))];
    }
    const end = (how: 'stop' | 'kill') => async () => {
        await bed[how](name);
        client.isRunning = false;
    };
    return [
        operation(`shut ${name} down`, end('stop')),
        operation(`kill ${name}`, end('kill')),
        operation(`pause ${name}`, async () => {
            await bed.pause(name);
            client.isPaused = true;
        }),
    ];
}

/** Its netvm starts with it. */
async function start(state: State, client: Client): Promise<void> {
    await bed.start(client.name);
    client.isRunning = true;
    if (client.netvm !== null) {
        state.proxyvms.set(client.netvm, true);
    }
}

async function unpause(client: Client): Promise<void> {
    await bed.unpause(client.name);
    client.isPaused = false;
}

/** Qubes refuses to move what runs to a netvm that does not. */
function ofNetwork(state: State, client: Client): Operation[] {
    const netvms = [...state.proxyvms]
        .filter(([, isUp]) => isUp || !client.isRunning)
        .map(([name]) => name);
    const { name } = client;
    return [...netvms, null]
        .filter((netvm) => state.isQubesdUp && netvm !== client.netvm)
        .map((netvm) =>
            operation(`move ${name} to ${netvm ?? 'no netvm'}`, async () => {
                const set = ['qvm-prefs', name, 'netvm', netvm ?? ''];
                await bed.must(['dom0', ...set]);
                client.netvm = netvm;
            }),
        );
}

function ofRules(client: Client): Operation[] {
    const { name } = client;
    const allow = (allowed: readonly string[]) =>
        operation(`save rules of ${name}: ${allowed.join(' ')}`, async () => {
            const lines = allowed.map(
                (host) => `^${host.replace('.', '\\.')}$`,
            );
            await saveRules(name, ...lines);
            client.allowed = allowed;
        });
    return [
        allow(hosts.slice(0, 1)),
        allow(hosts.slice(1)),
        operation(`remove rules of ${name}`, async () => {
            await removeRules(name);
            client.allowed = null;
        }),
    ];
}

/** What a user types, and no event outlasts. */
function ofCommands(client: Client): Operation[] {
    const { name, isStopped } = client;
    const verb = isStopped ? 'start' : 'stop';
    return [
        operation(`type ${verb} ${name}`, async () => {
            await filterproxy(verb, name);
            client.isStopped = !isStopped;
        }),
    ];
}

function ofProxyvm({ proxyvms }: State, name: string): Operation[] {
    if (!proxyvms.get(name)) {
        return [
            operation(`start ${name}`, async () => {
                await bed.start(name);
                proxyvms.set(name, true);
            }),
        ];
    }
    return [
        operation(`kill ${name}`, async () => {
            await bed.kill(name);
            proxyvms.set(name, false);
        }),
        operation(`restart ${name}`, async () => {
            await bed.stop(name);
            await bed.start(name);
        }),
        operation(`kill the proxies of ${name}`, async () => {
            await bed.qube(name, 'pkill', '-KILL', '-x', 'tinyproxy');
        }),
    ];
}

/** A new qube has the address of one that was removed, if there was one. */
function ofCreation(state: State): Operation[] {
    const { clients } = state;
    const created = [...clients.values()].at(2);
    if (created === undefined && !state.isQubesdUp) {
        return [];
    }
    if (created === undefined) {
        const name = `new${state.created + 1}`;
        return [
            operation(`create ${name}`, async () => {
                await bed.create(name, '--netvm', 'sys-filter');
                state.created += 1;
                const netvm = 'sys-filter';
                const ask = ['qvm-prefs', name, 'ip'];
                const ip = (await bed.dom0(...ask)).stdout.trim();
                const now = { isRunning: false, isPaused: false };
                const rules = { allowed: null, isStopped: false };
                clients.set(name, { name, netvm, ip, ...now, ...rules });
            }),
        ];
    }
    const { name, isRunning } = created;
    return isRunning
        ? []
        : [
              operation(`remove ${name}`, async () => {
                  await bed.remove(name);
                  clients.delete(name);
              }),
          ];
}

function ofDom0(state: State): Operation[] {
    const verb = state.isQubesdUp ? 'stop' : 'start';
    return [
        operation('kill the daemon', async () => {
            await untilUp();
            await killDaemon();
        }),
        operation(`${verb} qubesd`, () => setQubesd(state, !state.isQubesdUp)),
    ];
}

async function setQubesd(state: State, isUp: boolean): Promise<void> {
    await bed.qubesd(isUp ? 'start' : 'stop');
    state.isQubesdUp = isUp;
}
