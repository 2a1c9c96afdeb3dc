// Qubes' qubes, and the order in which events tell of them: see
// facts in qubes-core-admin qubes/vm/qubesvm.py and qubes/vm/mix/net.py.
import type { Qube, System } from '../../../dom0/core/qube.ts';
import type { Ip4 } from '../../../shared/domain/address.ts';
import type { Uuid } from '../../../shared/domain/uuid.ts';
import { nameOf } from '../../dom0/rules.ts';
import type { ProxyVm } from './proxyvm.ts';
import type { Qubesd } from './qubesd.ts';
import { Life, type Scheduler } from './scheduler.ts';

export interface ModelQube {
    readonly name: string;
    readonly uuid: string;
    ip: string;
    netvm: string | null;
    readonly providesNetwork: boolean;
    xid: number | null;
    isStarting: boolean;
    isPaused: boolean;
    /** Where its interface is plugged in: not always its netvm. */
    plugged: string | null;
    /** How often it was plugged in: only the last time counts. */
    plugs: number;
}

/** Where a start ends that does not succeed. */
export type FailsAt = 'never' | 'before' | 'pre-spawn' | 'spawn';

export class Qubes {
    readonly all = new Map<string, ModelQube>();
    readonly life = new Life('qubesd');
    private readonly scheduler: Scheduler;
    private readonly qubesd: Qubesd;
    private readonly proxyvms: ReadonlyMap<string, ProxyVm>;
    private lastXid = 0;
    private lastUuid = 0;

    constructor(
        scheduler: Scheduler,
        qubesd: Qubesd,
        proxyvms: ReadonlyMap<string, ProxyVm>,
    ) {
        this.scheduler = scheduler;
        this.qubesd = qubesd;
        this.proxyvms = proxyvms;
    }

    create(
        name: string,
        ip: string,
        netvm: string | null,
        providesNetwork = false,
    ): void {
        if (this.all.has(name)) {
            return;
        }
        this.lastUuid += 1;
        const number = String(this.lastUuid).padStart(12, '0');
        this.all.set(name, {
            name,
            uuid: `00000000-0000-4000-8000-${number}`,
            ip,
            netvm,
            providesNetwork,
            xid: null,
            isStarting: false,
            isPaused: false,
            plugged: null,
            plugs: 0,
        });
        this.qubesd.emit('-', 'domain-add', { vm: name });
        this.qubesd.emit(name, 'domain-create-on-disk');
    }

    /** A netvm that is up since before anything happens. */
    createRunning(name: string, ip: string): void {
        this.create(name, ip, null, true);
        const qube = this.all.get(name);
        if (qube !== undefined) {
            this.lastXid += 1;
            qube.xid = this.lastXid;
        }
        this.proxyvms.get(name)?.start();
    }

    async remove(name: string): Promise<void> {
        const qube = this.all.get(name);
        if (qube === undefined || !isHalted(qube)) {
            return;
        }
        this.qubesd.emit('-', 'domain-pre-delete', { vm: name });
        await this.turn(`${name} is being removed`);
        if (isHalted(qube)) {
            this.all.delete(name);
            this.qubesd.emit('-', 'domain-delete', { vm: name });
        }
    }

    async start(name: string, failsAt: FailsAt): Promise<void> {
        const qube = this.all.get(name);
        if (qube === undefined || !isHalted(qube)) {
            return;
        }
        qube.isStarting = true;
        this.qubesd.emit(name, 'domain-pre-start', { start_guid: 'True' });
        if (qube.netvm !== null && !this.isRunning(qube.netvm)) {
            await this.start(qube.netvm, 'never');
        }
        await this.turn(`${name} is about to start`);
        const isNetvmUp = qube.netvm === null || this.isRunning(qube.netvm);
        if (failsAt === 'before' || !isNetvmUp) {
            this.startFailed(qube);
            return;
        }
        this.qubesd.emit(name, 'domain-pre-spawn', { start_guid: 'True' });
        await this.turn(`${name} is about to spawn`);
        if (failsAt === 'pre-spawn') {
            this.startFailed(qube);
            return;
        }
        await this.spawn(qube, failsAt);
    }

    private async spawn(qube: ModelQube, failsAt: FailsAt): Promise<void> {
        const { name } = qube;
        this.lastXid += 1;
        const xid = this.lastXid;
        qube.xid = xid;
        this.plugLater(qube, xid);
        this.qubesd.emit(name, 'property-reset:xid', { name: 'xid' });
        this.qubesd.emit(name, 'domain-spawn', { start_guid: 'True' });
        await this.turn(`${name} has spawned`);
        if (failsAt === 'spawn') {
            this.startFailed(qube);
            this.crash(name);
            return;
        }
        if (qube.xid === xid) {
            this.qubesd.emit(name, 'domain-pre-unpaused');
            this.qubesd.emit(name, 'domain-unpaused');
            this.proxyvms.get(name)?.start();
            await this.turn(`${name} has started up`);
        }
        if (qube.xid !== xid) {
            this.startFailed(qube);
            return;
        }
        qube.isStarting = false;
        this.qubesd.emit(name, 'domain-start', { start_guid: 'True' });
        for (const client of this.all.values()) {
            if (client.netvm === name && client.xid !== null) {
                this.plugLater(client, client.xid);
            }
        }
    }

    private startFailed(qube: ModelQube): void {
        qube.isStarting = false;
        this.qubesd.emit(qube.name, 'domain-start-failed', { reason: 'no' });
    }

    /** Or a shutdown, or a kill: no event tells which. */
    crash(name: string): void {
        const qube = this.all.get(name);
        if (qube === undefined || qube.xid === null) {
            return;
        }
        this.unplug(qube);
        this.proxyvms.get(name)?.halt();
        for (const client of this.all.values()) {
            if (client.plugged === name) {
                client.plugged = null;
            }
        }
        qube.xid = null;
        qube.isPaused = false;
        this.qubesd.emit(name, 'domain-stopped');
        this.qubesd.emit(name, 'property-reset:xid', { name: 'xid' });
        this.qubesd.emit(name, 'domain-shutdown');
    }

    async setNetvm(name: string, netvm: string | null): Promise<void> {
        const qube = this.all.get(name);
        if (qube === undefined || qube.isStarting) {
            return;
        }
        const args = { name: 'netvm', newvalue: netvm ?? 'None' };
        this.qubesd.emit(name, 'property-pre-set:netvm', args);
        const isUp = netvm === null || this.isRunning(netvm);
        const { xid } = qube;
        if (xid !== null && !isUp) {
            return;
        }
        await this.turn(`${name} is being moved`);
        if (qube.isStarting || qube.xid !== xid) {
            return;
        }
        qube.netvm = netvm;
        if (xid !== null) {
            await this.replug(qube, xid);
        }
        this.qubesd.emit(name, 'property-set:netvm', args);
    }

    private async replug(qube: ModelQube, xid: number): Promise<void> {
        const { name } = qube;
        if (!qube.isPaused) {
            this.unplug(qube);
        }
        this.qubesd.emit(name, 'domain-qdb-create');
        await this.turn(`${name} is replugged`);
        const isUp = qube.netvm !== null && this.isRunning(qube.netvm);
        if (!qube.isPaused && qube.xid === xid && isUp) {
            this.plug(qube, qube.ip);
        }
        if (qube.netvm !== null) {
            this.qubesd.emit(qube.netvm, 'net-domain-connect', { vm: name });
        }
    }

    pause(name: string): void {
        const qube = this.all.get(name);
        if (qube !== undefined && qube.xid !== null && !qube.isStarting) {
            qube.isPaused = true;
            this.qubesd.emit(name, 'domain-pre-paused');
            this.qubesd.emit(name, 'domain-paused');
        }
    }

    /** What was deferred is done now, and told of a second time. */
    async unpause(name: string): Promise<void> {
        const qube = this.all.get(name);
        if (qube === undefined || qube.xid === null || !qube.isPaused) {
            return;
        }
        qube.isPaused = false;
        this.qubesd.emit(name, 'domain-pre-unpaused');
        this.qubesd.emit(name, 'domain-unpaused');
        if (qube.plugged !== qube.netvm) {
            const newvalue = qube.netvm ?? 'None';
            const args = { name: 'netvm', newvalue };
            await this.replug(qube, qube.xid);
            this.qubesd.emit(name, 'property-set:netvm', args);
        }
    }

    async setIp(name: string, ip: string): Promise<void> {
        const qube = this.all.get(name);
        if (qube === undefined) {
            return;
        }
        const args = { name: 'ip', newvalue: ip };
        this.qubesd.emit(name, 'property-pre-set:ip', args);
        await this.turn(`${name} gets another address`);
        qube.ip = ip;
        this.qubesd.emit(name, 'property-reset:visible_ip');
        this.qubesd.emit(name, 'property-set:ip', args);
    }

    /** Its interface appears in its netvm when the qube is that far. */
    private plugLater(qube: ModelQube, xid: number): void {
        const { netvm, ip } = qube;
        const netvmXid = this.all.get(netvm ?? '')?.xid;
        qube.plugs += 1;
        const { plugs } = qube;
        const plugged = this.scheduler.turn(
            this.life,
            `${qube.name} is plugged in at ${netvm} with ${ip}`,
            () => {
                const isSame =
                    qube.plugs === plugs &&
                    qube.xid === xid &&
                    qube.netvm === netvm &&
                    this.all.get(netvm ?? '')?.xid === netvmXid;
                const isDeferred = qube.isPaused && qube.plugged !== null;
                if (isSame && !isDeferred) {
                    this.plug(qube, ip);
                }
            },
        );
        this.scheduler.spawn(plugged);
    }

    private plug(qube: ModelQube, address: string): void {
        const { netvm, uuid, name, xid } = qube;
        qube.plugs += 1;
        qube.plugged = netvm;
        const gateway = this.all.get(netvm ?? '')?.ip ?? '';
        const vif = { qube: name, uuid, address, gateway };
        this.proxyvms.get(netvm ?? '')?.attach(`vif${xid}.0`, vif);
    }

    private unplug(qube: ModelQube): void {
        this.proxyvms.get(qube.plugged ?? '')?.detach(`vif${qube.xid}.0`);
        qube.plugged = null;
    }

    isRunning(name: string): boolean {
        const qube = this.all.get(name);
        return qube !== undefined && qube.xid !== null && !qube.isStarting;
    }

    /** What Qubes' tools would say now. */
    qube(name: string): Qube | null {
        const qube = this.all.get(name);
        return qube === undefined ? null : this.told(qube);
    }

    system(): System {
        const qubes = [...this.all.values()].map((each) => this.told(each));
        return new Map(qubes.map((each) => [each.name, each]));
    }

    private told(qube: ModelQube): Qube {
        const { netvm } = qube;
        const hasNetwork = netvm !== null || qube.providesNetwork;
        const gateway = this.all.get(netvm ?? '')?.ip ?? null;
        return {
            name: nameOf(qube.name),
            uuid: qube.uuid as Uuid,
            class: 'StandaloneVM',
            xid: qube.xid,
            stubdomXid: null,
            netvm: netvm === null ? null : nameOf(netvm),
            ip4: hasNetwork ? (qube.ip as Ip4) : null,
            ip6: null,
            gateway4: gateway as Ip4 | null,
            gateway6: null,
            providesNetwork: qube.providesNetwork,
            template: null,
            isDisposableTemplate: false,
        };
    }

    private turn(text: string): Promise<void> {
        return this.scheduler.turn(this.life, text, () => undefined);
    }
}

function isHalted({ xid, isStarting }: ModelQube): boolean {
    return xid === null && !isStarting;
}
