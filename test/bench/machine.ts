// On what it was measured, and how quiet it was there.
import { cpus, loadavg, release } from 'node:os';
import type { Measured } from './measure.ts';
import { summarise } from './statistics.ts';
import type { Stopwatch } from './stopwatch/stopwatch.ts';

export interface Machine {
    readonly cpu: string;
    readonly cpus: number;
    readonly kernel: string;
    readonly node: string;
    readonly nodeInDom0: string;
    readonly systemd: string;
    readonly tinyproxy: string;
    readonly nft: string;
}

export async function describeMachine(
    inside: Stopwatch,
    dom0: Stopwatch,
): Promise<Machine> {
    const versions = await inside.sh(
        `node --version
        systemctl --version | head -n 1
        tinyproxy -v
        nft --version`,
    );
    const [node = '', systemd = '', tinyproxy = '', nft = ''] =
        versions.split('\n');
    return {
        cpu: cpus()[0]?.model ?? 'unknown',
        cpus: cpus().length,
        kernel: release(),
        node,
        nodeInDom0: (await dom0.sh('node --version')).trim(),
        systemd,
        tinyproxy,
        nft,
    };
}

/** Of the last minute. */
export function load(): number {
    return loadavg()[0] ?? Number.NaN;
}

/** The case that all groups have. */
export const yardstick = 'node -e 0';

/**
 * How far the quartiles of what never changes lie apart, as a part of the
 * median of its group, since not all qubes have the same Node.js; null if it
 * was not measured.
 */
export function noise(all: readonly Measured[]): number | null {
    const found = all.flatMap(({ numbers }) =>
        [...numbers].flatMap(([{ name }, list]) => {
            const { median } = summarise(list);
            return name === yardstick ? list.map((each) => each / median) : [];
        }),
    );
    if (found.length === 0) {
        return null;
    }
    const { lowerQuartile, upperQuartile } = summarise(found);
    return upperQuartile - lowerQuartile;
}
