// What each client may be served at this moment, and what it is served: the
// promise that holds at every moment, whatever is lost or killed.
import { rulesOf } from '../../../dom0/core/effective-rules.ts';
import { filterOf } from '../../../dom0/core/filter.ts';
import { ruleOwnerName } from '../../../dom0/core/qube.ts';
import { holdOn } from '../../../dom0/core/stopped.ts';
import { vifOf } from '../../../proxyvm/core/attached.ts';
import type { Element } from '../../../proxyvm/core/element.ts';
import { uidOfPort } from '../../../proxyvm/core/proxy-uid.ts';
import {
    areLinesWithin,
    type ConfinedLine,
} from '../../../shared/pattern/index.ts';
import type {
    DesiredState,
    Filter,
} from '../../../shared/protocol/desired-state.ts';
import { nothingShared } from '../../dom0/rules.ts';
import type { Dom0 } from './dom0.ts';
import type { ProxyVm, Vif } from './proxyvm.ts';
import type { Qubes } from './qubes.ts';
import type { Scheduler } from './scheduler.ts';
import { Times } from './times.ts';

/** Lines that a client may use; null: its file has an error. */
type Lines = ReadonlySet<ConfinedLine> | null;

/** What its rules allowed since its ProxyVM was last told, oldest first. */
type Recent = Map<string, Lines[]>;

const nothing: Lines = new Set();

export class Rights {
    private readonly recent = new Map<ProxyVm, Recent>();
    private readonly times: Times[] = [];
    private readonly dom0: Dom0;
    private readonly qubes: Qubes;

    constructor(
        dom0: Dom0,
        qubes: Qubes,
        proxyvms: Iterable<ProxyVm>,
        scheduler: Scheduler,
    ) {
        this.dom0 = dom0;
        this.qubes = qubes;
        for (const proxyvm of proxyvms) {
            this.recent.set(proxyvm, new Map());
            const times = new Times(proxyvm, scheduler, dom0);
            this.times.push(times);
            proxyvm.onReceived = (document, atMs) =>
                times.received(document, atMs);
            proxyvm.onApplied = (document) => {
                times.applied(document);
                this.applied(proxyvm, document);
            };
        }
    }

    /** Fails if a client is served what it may not, or by another's proxy. */
    check(): void {
        for (const times of this.times) {
            times.check();
        }
        const now = this.linesNow();
        for (const [proxyvm, recent] of this.recent) {
            for (const [uuid, lines] of now) {
                const known = recent.get(uuid) ?? [];
                if (!equal(known.at(-1), lines)) {
                    recent.set(uuid, [...known, lines]);
                }
            }
            for (const [name, vif] of proxyvm.vifs) {
                this.checkVif(proxyvm, name, vif);
            }
        }
    }

    private checkVif(proxyvm: ProxyVm, name: string, vif: Vif): void {
        const proxy = proxyBehind(proxyvm, name, vif);
        if (proxy === undefined) {
            return;
        }
        const { record } = proxy;
        if (record.uuid !== vif.uuid) {
            if (isTakenForStarting(proxyvm, record.uuid, name)) {
                return;
            }
            throw new Error(
                `${vif.qube} is served by the proxy of another ` +
                    `qube, ${record.name}, in ${proxyvm.name}`,
            );
        }
        const recent = this.recent.get(proxyvm)?.get(vif.uuid) ?? [];
        const isAllowed = recent.some(
            (lines) =>
                lines !== null &&
                areLinesWithin(record.filter.lines, [...lines]),
        );
        if (!isAllowed) {
            throw new Error(
                `${vif.qube} is served by rules in ${proxyvm.name} that it ` +
                    'does not have any more',
            );
        }
    }

    private applied(proxyvm: ProxyVm, { clients }: DesiredState): void {
        const recent = this.recent.get(proxyvm) ?? new Map();
        for (const [uuid, lines] of this.linesNow()) {
            const client = clients.find((each) => each.uuid === uuid);
            const isTold =
                client === undefined ||
                (client.filter !== null &&
                    equal(lines, linesOf(client.filter)));
            if (isTold && lines !== null) {
                recent.set(uuid, [lines]);
            }
        }
    }

    private linesNow(): Map<string, Lines> {
        const system = this.qubes.system();
        return new Map(
            [...system.values()].map((qube): [string, Lines] => {
                const { files, moment } = this.dom0;
                const all = { ...nothingShared, files, moment };
                const rules = rulesOf(all, qube);
                const owner =
                    files.get(ruleOwnerName(qube))?.owner ?? qube.uuid;
                if (
                    rules === null ||
                    owner !== qube.uuid ||
                    holdOn(this.dom0.stopped, qube, system) !== null
                ) {
                    return [qube.uuid, nothing];
                }
                return [
                    qube.uuid,
                    rules.ok ? linesOf(filterOf(rules.value)) : null,
                ];
            }),
        );
    }
}

/**
 * Of a qube that starts dom0 knows no domain: until the next document whoever
 * comes with its address, and did not run when dom0 looked, is taken for it.
 */
function isTakenForStarting(
    { documents }: ProxyVm,
    uuid: string,
    vif: string,
): boolean {
    return documents.some(({ clients }) =>
        clients.some(
            (client) =>
                client.uuid === uuid &&
                client.xid === null &&
                !client.ranBefore.map(vifOf).includes(vif),
        ),
    );
}

/** The proxy that answers what comes in by a vif; undefined if none does. */
function proxyBehind(
    { state }: ProxyVm,
    name: string,
    { address, gateway }: Vif,
) {
    const { table, elements, proxies } = state;
    const isOf =
        (set: Element['set'], ...key: (string | number)[]) =>
        (each: Element) =>
            each.set === set && each.key.join() === key.join();
    const door =
        elements.find(isOf('door4', name, address, gateway)) ??
        elements.find(isOf('starting4', address, gateway));
    const port = door?.value ?? 0;
    const uid = uidOfPort(port);
    const proxy = proxies.find((each) => each.uid === uid);
    const isOpen =
        table === 'ours' &&
        proxy?.isAlive === true &&
        elements.some(isOf('caller4', address, port));
    return isOpen && proxy.record !== null
        ? { record: proxy.record }
        : undefined;
}

function linesOf({ lines }: Filter): Lines {
    return new Set(lines);
}

function equal(one: Lines | undefined, other: Lines | undefined): boolean {
    return one instanceof Set && other instanceof Set
        ? one.size === other.size && [...one].every((line) => other.has(line))
        : one === other;
}
