// A stand-in for qubesd: the Admin API and its events on a unix socket, with
// the behaviour of R4.3. What is Xen's part is asked of a `World`.

import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import type { World } from '../world.ts';
import { start } from './life/start.ts';
import { freeIds, newQube } from './model/new-qube.ts';
import type { Qube, QubeClass } from './model/qube.ts';
import { type Report, System } from './model/system.ts';
import type { Value } from './python.ts';
import { createAdminServer, type QubesRelease } from './server.ts';

/** A qube that exists before qubesd starts. */
export interface QubeDefinition {
    readonly name: string;
    readonly klass: QubeClass;
    readonly label: string;
    readonly qid?: number;
    readonly uuid?: string;
    /** Left out: the system's default. */
    readonly netvm?: string | null;
    readonly template?: string;
    /** Any further properties set explicitly. */
    readonly properties?: Readonly<Record<string, Value>>;
    readonly features?: Readonly<Record<string, string>>;
    readonly tags?: readonly string[];
    /** Started, netvm first, before `startQubesd` resolves. */
    readonly running?: boolean;
}

export interface QubesdOptions {
    readonly world: World;
    readonly socketPath: string;
    readonly qubes: readonly QubeDefinition[];
    /** Global properties set explicitly. */
    readonly globals?: Readonly<Record<string, Value>>;
    readonly release?: QubesRelease;
    /** Failures that no caller hears of. */
    readonly report?: Report;
    /** Milliseconds; 160 were measured on the real one. */
    readonly reattachDelayMs?: number;
}

export interface Qubesd {
    /** Ends every connection; then the socket refuses. Qubes run on. */
    readonly close: Close;
    /** Takes calls elsewhere too, or again after `close`. */
    readonly listenAt: (socketPath: string) => Promise<Close>;
}

export type Close = () => Promise<void>;

export async function startQubesd(options: QubesdOptions): Promise<Qubesd> {
    const { world, socketPath, qubes, globals = {} } = options;
    const system = new System({
        world,
        reattachDelayMs: options.reattachDelayMs ?? 160,
        report: options.report ?? reportToStderr,
    });
    for (const definition of qubes) {
        system.add(fromDefinition(system, definition));
    }
    for (const [name, value] of Object.entries(globals)) {
        system.properties.set(name, value);
    }
    const release = options.release ?? '4.3';
    const listenAt = (path: string) => takeCalls(system, release, path);
    const close = await listenAt(socketPath);
    try {
        const running = qubes.filter((qube) => qube.running === true);
        await Promise.all(
            running.map(({ name }) => start(system, system.get(name))),
        );
    } catch (error) {
        await close();
        throw error;
    }
    return { close, listenAt };
}

async function takeCalls(
    system: System,
    release: QubesRelease,
    socketPath: string,
): Promise<Close> {
    const { server, connections } = createAdminServer(system, release);
    await rm(socketPath, { force: true });
    server.listen(socketPath);
    await once(server, 'listening');
    return async () => {
        for (const connection of connections) {
            connection.destroy();
        }
        // Node would remove the file; the real qubesd leaves it behind.
        await rename(socketPath, `${socketPath}.closed`);
        server.close();
        await once(server, 'close');
        await rename(`${socketPath}.closed`, socketPath);
    };
}

function fromDefinition(system: System, definition: QubeDefinition): Qube {
    const ids = freeIds(system);
    const qube = newQube({
        name: definition.name,
        klass: definition.klass,
        qid: definition.qid ?? ids.qid,
        uuid: definition.uuid ?? ids.uuid,
    });
    const { netvm, template, label, properties = {} } = definition;
    qube.properties.set('label', label);
    if (netvm !== undefined) {
        qube.properties.set('netvm', netvm);
    }
    if (template !== undefined) {
        qube.properties.set('template', template);
    }
    for (const [name, value] of Object.entries(properties)) {
        qube.properties.set(name, value);
    }
    for (const [feature, value] of Object.entries(definition.features ?? {})) {
        qube.features.set(feature, value);
    }
    for (const tag of definition.tags ?? []) {
        qube.tags.add(tag);
    }
    qube.powerState = definition.klass === 'AdminVM' ? 'Running' : 'Halted';
    return qube;
}

function reportToStderr(what: string, error: unknown): void {
    console.error(`qubesd: ${what}:`, error);
}
