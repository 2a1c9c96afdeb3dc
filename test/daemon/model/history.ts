// A random history: what happens, and whose turn it is in between.
import fc from 'fast-check';
import { nameOf } from '../../dom0/rules.ts';
import {
    clientNames,
    type Doing,
    doing,
    proxyvmNames,
    rulesOf,
} from './doings.ts';
import { World } from './world.ts';

interface Turns {
    /** Among those whose turn it may be; or time passes instead. */
    readonly who: number;
    readonly inRow: number;
}

/** A doing, or null: all comes to rest first. */
interface Entry {
    readonly doing: Doing | null;
    /** Whose turn it is, and how many in a row. */
    readonly turns: readonly Turns[];
    /** Whether after that all is done that needs no time to pass. */
    readonly isCalm: boolean;
}

const timePasses = 9;

export class History {
    /** The clients that run at the beginning. */
    readonly running: readonly string[];
    readonly entries: readonly Entry[];

    constructor(running: readonly string[], entries: readonly Entry[]) {
        this.running = running;
        this.entries = entries;
    }

    /** As a person reads it. */
    [fc.toStringMethod](): string {
        const lines = this.entries.map(textOf);
        const running = this.running.join(', ') || 'no client';
        return [
            '',
            `${running} runs, and all is at rest`,
            ...lines,
            'all comes to rest',
        ].join('\n  ');
    }
}

function textOf({ doing: each, turns, isCalm }: Entry): string {
    const text = each?.text ?? 'all comes to rest';
    const then = [
        ...turns.map(({ who, inRow }) => `${who}x${inRow}`),
        ...(isCalm ? ['calm'] : []),
    ];
    return then.length === 0 ? text : `${text}  [${then.join(' ')}]`;
}

const entries: fc.Arbitrary<Entry[]> = fc.array(
    fc.record({
        doing: fc.option(doing, { freq: 12 }),
        turns: fc.array(
            fc.record({
                who: fc.nat(timePasses),
                inRow: fc.integer({ min: 1, max: 12 }),
            }),
            { maxLength: 8 },
        ),
        isCalm: fc.boolean(),
    }),
    { minLength: 1, maxLength: 16, size: 'max' },
);

export const history: fc.Arbitrary<History> = fc
    .tuple(fc.subarray([...clientNames]), entries)
    .map(([running, happening]) => new History(running, happening));

/** Throws, with all that happened, when a promise is broken. */
export async function live({
    running,
    entries: happening,
}: History): Promise<void> {
    const world = smallWorld();
    try {
        for (const name of running) {
            world.spawn(world.qubes.start(name, 'never'));
        }
        await comeToRest(world);
        world.scheduler.log.length = 0;
        for (const { doing: each, turns, isCalm } of happening) {
            world.scheduler.log.push(each?.text ?? 'all comes to rest');
            if (each === null) {
                await comeToRest(world);
            } else {
                each.act(world);
                await world.scheduler.settleDown();
            }
            await take(world, turns);
            if (isCalm) {
                await world.calm();
            }
        }
        world.scheduler.log.push('all comes to rest');
        await comeToRest(world);
    } catch (error) {
        const { message } = error as Error;
        const lines = [message, ...world.scheduler.log].join('\n  ');
        throw new Error(lines, { cause: error });
    }
}

async function take(
    { scheduler }: World,
    turns: readonly Turns[],
): Promise<void> {
    for (const { who, inRow } of turns) {
        if (who === timePasses) {
            await scheduler.pass();
        } else {
            await scheduler.runFor(who, inRow);
        }
    }
}

async function comeToRest(world: World): Promise<void> {
    world.mend();
    await world.restLate();
    world.checkAll();
}

/** Two ProxyVMs that run, and three qubes with rules that do not. */
function smallWorld(): World {
    const world = new World(proxyvmNames);
    const { qubes, dom0 } = world;
    qubes.createRunning('sys-net', '10.137.0.2');
    proxyvmNames.forEach((name, at) => {
        qubes.createRunning(name, `10.137.0.${20 + at}`);
    });
    clientNames.forEach((name, at) => {
        qubes.create(name, `10.137.0.${5 + at}`, 'sys-filter');
        dom0.writeRules(nameOf(name), rulesOf('a b'));
    });
    return world;
}
