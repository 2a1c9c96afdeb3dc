// The collection of qubes and what is asked of it.

import type { World } from '../../world.ts';
import { noSuchQube } from '../errors.ts';
import { EventHub } from '../events.ts';
import { Lock } from '../lock.ts';
import type { Value } from '../python.ts';
import { globalProperties } from './global-properties.ts';
import { holderOf, type PropertyHolder } from './property.ts';
import type { Qube } from './qube.ts';
import { propertiesOf } from './qube-properties.ts';

const maxQid = 10_000;
const maxDispid = 10_000;

/** `what` was being done when `error` came. */
export type Report = (what: string, error: unknown) => void;

export interface SystemOptions {
    readonly world: World;
    readonly reattachDelayMs: number;
    readonly report: Report;
}

export class System {
    readonly world: World;
    readonly events = new EventHub();
    /**
     * For what qubesd does without letting anything else in between: it has
     * one thread, and calls the hypervisor synchronously.
     */
    readonly thread = new Lock();
    /** Global properties set explicitly. */
    readonly properties = new Map<string, Value>();
    /** Between a netvm's `domain-start` and the re-attachment of clients. */
    readonly reattachDelayMs: number;
    /** Where qubesd writes to the journal. */
    readonly report: Report;
    private readonly qubes = new Map<string, Qube>();
    private lastXid = 0;

    constructor({ world, reattachDelayMs, report }: SystemOptions) {
        this.world = world;
        this.reattachDelayMs = reattachDelayMs;
        this.report = report;
    }

    /** dom0 first, then by name. */
    all(): Qube[] {
        return [...this.qubes.values()].sort(
            (a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1),
        );
    }

    find(name: string): Qube | undefined {
        return this.qubes.get(name);
    }

    findByUuid(uuid: string): Qube | undefined {
        return this.all().find((qube) => qube.identity.uuid === uuid);
    }

    get(name: string): Qube {
        const qube = this.qubes.get(name);
        if (qube === undefined) {
            throw noSuchQube(name);
        }
        return qube;
    }

    add(qube: Qube): void {
        this.qubes.set(qube.name, qube);
    }

    delete(qube: Qube): void {
        this.qubes.delete(qube.name);
    }

    holder(qube: Qube): PropertyHolder {
        const { name: subject, properties: explicit } = qube;
        return holderOf(
            { qube, subject, description: subject, explicit },
            { system: this, qube },
            propertiesOf(qube.identity.klass),
        );
    }

    globalHolder(): PropertyHolder {
        return holderOf(
            {
                qube: null,
                subject: '',
                description: 'Qubes',
                explicit: this.properties,
            },
            { system: this },
            globalProperties,
        );
    }

    /** Null also where its class has no such property. */
    value(qube: Qube, property: string): Value {
        return this.holder(qube).find(property)?.value ?? null;
    }

    globalValue(property: string): Value {
        return this.globalHolder().find(property)?.value ?? null;
    }

    related(qube: Qube, property: 'netvm' | 'template'): Qube | null {
        const name = this.value(qube, property);
        return typeof name === 'string' ? this.get(name) : null;
    }

    /** Those whose netvm it is, running or not. */
    clientsOf(netvm: Qube): Qube[] {
        return this.all().filter(
            (qube) => this.related(qube, 'netvm') === netvm,
        );
    }

    /** Whether its way out leads through `netvm`. */
    isBehind(qube: Qube, netvm: Qube): boolean {
        const next = this.related(qube, 'netvm');
        return next !== null && (next === netvm || this.isBehind(next, netvm));
    }

    /** The qubes with a netvm property at its default; templates too. */
    followersOfDefault(): Qube[] {
        return this.all().filter(
            (qube) => this.holder(qube).find('netvm')?.isDefault,
        );
    }

    /** The nearest value of a feature along the chain, if any has it. */
    featureAlong(
        qube: Qube,
        chain: 'netvm' | 'template',
        feature: string,
    ): string | undefined {
        for (
            let at: Qube | null = qube;
            at !== null;
            at = this.related(at, chain)
        ) {
            const value = at.features.get(feature);
            if (value !== undefined) {
                return value;
            }
        }
        return undefined;
    }

    /** The lowest one that is free: reused as soon as a qube is gone. */
    unusedQid(): number {
        const used = new Set(this.all().map((qube) => qube.identity.qid));
        for (let qid = 1; qid < maxQid; qid += 1) {
            if (!used.has(qid)) {
                return qid;
            }
        }
        throw new Error('Cannot find unused qid!');
    }

    /** A random one, as qubesd draws it. */
    unusedDispid(): number {
        const used = new Set(this.all().map((qube) => qube.identity.dispid));
        for (;;) {
            const dispid = Math.floor(Math.random() * maxDispid);
            if (!used.has(dispid)) {
                return dispid;
            }
        }
    }

    nextXid(): number {
        this.lastXid += 1;
        return this.lastXid;
    }
}

function rank(qube: Qube): number {
    return qube.identity.klass === 'AdminVM' ? 0 : 1;
}
