// A client that keeps connections open and one that hammers, in one qube.
import { Remote } from './remote.ts';

export interface Losses {
    /** How many were kept open, and how many of them were lost. */
    readonly connections: number;
    readonly lost: number;
    /** How many were made, each on a connection of its own. */
    readonly requests: number;
    readonly failed: number;
}

const keptConnections = 4;

export class Load {
    readonly #remote: Remote;

    private constructor(remote: Remote) {
        this.#remote = remote;
    }

    /** Returns when its connections are open and its requests pour in. */
    static async begin(qube: string, gateway: string): Promise<Load> {
        const remote = new Remote(qube, 'load', gateway, keptConnections);
        await remote.read();
        return new Load(remote);
    }

    /** Returns some requests later. */
    async end(): Promise<Losses> {
        this.#remote.end();
        return JSON.parse(await this.#remote.read());
    }
}

export function addLosses(all: readonly Losses[]): Losses {
    const sum = (of: (one: Losses) => number) =>
        all.reduce((total, one) => total + of(one), 0);
    return {
        connections: sum((one) => one.connections),
        lost: sum((one) => one.lost),
        requests: sum((one) => one.requests),
        failed: sum((one) => one.failed),
    };
}
