// Domains as containers in network namespaces: `World` for the qubesd
// stand-in.
import { rm, symlink } from 'node:fs/promises';
import { resolve } from '../internet/zone.ts';
import type { Domain, NetvmClient, QubeNetwork, World } from '../world.ts';
import { Container } from './container.ts';
import { firewallTables } from './firewall.ts';
import { forgetForbidden } from './forget-forbidden.ts';
import * as wires from './network.ts';
import { dom0, vmTree } from './paths.ts';
import { privateBinds } from './root.ts';
import { runInside } from './run.ts';

/** Netvms without our agent. */
const plainNetvms = new Set([wires.sysNet, 'sys-firewall']);

interface Running {
    readonly domain: Domain;
    readonly container: Container;
    /** Where its vif is plugged in. */
    network: QubeNetwork | null;
}

export class NamespaceWorld implements World {
    readonly #running = new Map<string, Running>();
    /** Of each netvm what its qubes-firewall was told, by client. */
    readonly #told = new Map<string, ReadonlyMap<string, string>>();

    async create(domain: Domain): Promise<void> {
        const { name, uuid, xid, providesNetwork } = domain;
        await wires.addQubeNamespace(name);
        const ours = providesNetwork && !plainNetvms.has(name);
        const container = new Container({
            name,
            uuid,
            xid,
            trees: ours ? [vmTree] : [],
            binds: await privateBinds(uuid),
        });
        const running: Running = { domain, container, network: null };
        this.#running.set(name, running);
        try {
            if (domain.network !== null) {
                await plug(running, domain.network);
            }
        } catch (error) {
            this.#running.delete(name);
            await wires.removeNamespace(name);
            throw error;
        }
    }

    async boot(name: string): Promise<void> {
        const { domain, container, network } = this.#get(name);
        if (name === wires.sysNet) {
            await wires.setUpSysNet();
        } else if (domain.providesNetwork) {
            const ip6 = network !== null && network.ip6 !== null;
            await wires.setUpNetvm(name, ip6);
        }
        if (domain.providesNetwork) {
            // Whom it has no rules for, qubes-firewall lets nowhere.
            await this.setClients(name, []);
        }
        if (network !== null) {
            await wires.configureUplink(name, network);
        }
        await container.start();
        for (const link of qrexecLinks(domain)) {
            await symlink(container.qrexecSocket, link);
        }
    }

    async destroy(name: string, how: 'shutdown' | 'kill'): Promise<void> {
        const running = this.#get(name);
        for (const link of qrexecLinks(running.domain)) {
            await rm(link, { force: true });
        }
        await running.container.stop(how);
        await unplug(running);
        for (const client of this.#clientsOf(name)) {
            await wires.cut(name, client.domain.xid);
            client.network = null;
        }
        await wires.removeNamespace(name);
        this.#running.delete(name);
    }

    async pause(name: string): Promise<void> {
        await this.#get(name).container.freeze(true);
    }

    async unpause(name: string): Promise<void> {
        await this.#get(name).container.freeze(false);
    }

    async attachNetwork(name: string, network: QubeNetwork): Promise<void> {
        await plug(this.#get(name), network);
        await wires.configureUplink(name, network);
    }

    async detachNetwork(name: string): Promise<void> {
        await unplug(this.#get(name));
    }

    async setClients(
        netvm: string,
        clients: readonly NetvmClient[],
    ): Promise<void> {
        const resolvers = wires.resolversOf(netvm);
        const tables = await firewallTables(clients, { resolvers, resolve });
        await runInside(netvm, 'nft', ['-f', '-'], tables);
        const before = this.#told.get(netvm) ?? new Map();
        const rules = new Map<string, string>();
        for (const client of clients.filter((each) => each.rules !== null)) {
            const text = JSON.stringify(client);
            rules.set(client.name, text);
            if (before.get(client.name) !== text) {
                await forgetForbidden(netvm, client, resolvers);
            }
        }
        this.#told.set(netvm, rules);
    }

    #get(name: string): Running {
        const running = this.#running.get(name);
        if (running === undefined) {
            throw new Error(`no domain ${name} is running`);
        }
        return running;
    }

    #clientsOf(netvm: string): Running[] {
        return [...this.#running.values()].filter(
            (each) => each.network?.netvm === netvm,
        );
    }
}

async function plug(running: Running, network: QubeNetwork): Promise<void> {
    const { name, xid } = running.domain;
    await wires.plug(name, xid, network);
    running.network = network;
}

async function unplug(running: Running): Promise<void> {
    if (running.network !== null) {
        await wires.unplug(running.domain.xid, running.network);
        running.network = null;
    }
}

/** The names under which qrexec-daemon listens in dom0. */
function qrexecLinks({ name, uuid, xid }: Domain): string[] {
    return [name, xid, `uuid:${uuid}`].map((id) => `${dom0}/run/qrexec.${id}`);
}
