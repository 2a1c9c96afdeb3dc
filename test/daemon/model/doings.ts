// What can happen in a small Qubes OS, each in words.
import fc from 'fast-check';
import { nameOf } from '../../dom0/rules.ts';
import type { ProxyVm } from './proxyvm.ts';
import type { FailsAt } from './qubes.ts';
import type { World } from './world.ts';

export interface Doing {
    readonly text: string;
    readonly act: (world: World) => void;
}

export const proxyvmNames = ['sys-filter', 'sys-wall'] as const;
export const clientNames = ['work', 'banking', 'mail'] as const;

/** Few, so that qubes take each other's. */
const addresses = ['10.137.0.5', '10.137.0.6', '10.137.0.7'] as const;
const ruleTexts = ['', 'a', 'b', 'a b', 'a b c', '('] as const;

const client = fc.constantFrom(...clientNames);
const proxyvm = fc.constantFrom(...proxyvmNames);
const netvm = fc.constantFrom(...proxyvmNames, 'sys-net', null);
const address = fc.constantFrom(...addresses);
const rules = fc.constantFrom(...ruleTexts);
const which = fc.nat(3);
const timed = fc.constantFrom(1, 5, 20, 60);

function clockSetBy(seconds: number): string {
    return seconds === 0 ? '' : `, and then the clock is set by ${seconds} s`;
}

/** A rule file with a line for each of these hosts. */
export function rulesOf(hosts: string): string {
    return hosts
        .split(' ')
        .filter((host) => host !== '')
        .map((host) => (host === '(' ? '(\n' : `^${host}\\.test$\n`))
        .join('');
}

function ofQubes(
    text: string,
    act: (world: World) => void | Promise<void>,
): Doing {
    return {
        text,
        act: (world) => {
            // Qubes' tools do nothing without it.
            if (world.qubesd.isUp) {
                world.spawn(Promise.resolve(act(world)));
            }
        },
    };
}

const starts = fc
    .tuple(
        fc.constantFrom(...clientNames, ...clientNames, ...proxyvmNames),
        fc.constantFrom<FailsAt>(
            'never',
            'never',
            'never',
            'before',
            'pre-spawn',
            'spawn',
        ),
    )
    .map(([name, failsAt]) =>
        ofQubes(
            failsAt === 'never'
                ? `${name} starts`
                : `${name} starts, which fails at ${failsAt}`,
            ({ qubes }) => qubes.start(name, failsAt),
        ),
    );

const ofClients = fc.oneof(
    client.map((name) => ({
        text: `${name} ends`,
        act: ({ qubes }: World) => qubes.crash(name),
    })),
    fc
        .tuple(client, netvm)
        .map(([name, to]) =>
            ofQubes(`${name} is moved to ${to ?? 'no netvm'}`, ({ qubes }) =>
                qubes.setNetvm(name, to),
            ),
        ),
    client.map((name) =>
        ofQubes(`${name} is paused`, ({ qubes }) => qubes.pause(name)),
    ),
    client.map((name) =>
        ofQubes(`${name} is unpaused`, ({ qubes }) => qubes.unpause(name)),
    ),
    fc
        .tuple(client, address)
        .map(([name, ip]) =>
            ofQubes(`${name} gets the address ${ip}`, ({ qubes }) =>
                qubes.setIp(name, ip),
            ),
        ),
    client.map((name) =>
        ofQubes(`${name} is removed`, ({ qubes }) => qubes.remove(name)),
    ),
    fc
        .tuple(client, address, proxyvm)
        .map(([name, ip, at]) =>
            ofQubes(`${name} is created at ${at} with ${ip}`, ({ qubes }) =>
                qubes.create(name, ip, at),
            ),
        ),
);

const pair = fc.shuffledSubarray([...clientNames], {
    minLength: 2,
    maxLength: 2,
});

/** One qube in another's place. */
const ofPlaces = fc.oneof(
    client.map((name) =>
        ofQubes(
            `${name} is killed, removed and created anew`,
            async (world) => {
                const { qubes } = world;
                const { ip, netvm } = qubes.all.get(name) ?? {};
                qubes.crash(name);
                await qubes.remove(name);
                qubes.create(name, ip ?? addresses[0], netvm ?? null);
            },
        ),
    ),
    pair.map(([one = '', other = '']) =>
        ofQubes(`${one} gets the address of ${other}`, async ({ qubes }) => {
            const [mine, its] = [one, other].map((name) => qubes.all.get(name));
            if (mine !== undefined && its !== undefined) {
                const { ip } = mine;
                await qubes.setIp(one, its.ip);
                await qubes.setIp(other, ip);
            }
        }),
    ),
    pair.map(([one = '', other = '']) =>
        ofQubes(
            `${one} fails to start, and ${other} starts with its address`,
            async ({ qubes }) => {
                await qubes.start(one, 'pre-spawn');
                const ip = qubes.all.get(one)?.ip ?? addresses[0];
                await qubes.setIp(other, ip);
                await qubes.setIp(one, addresses[2]);
                await qubes.start(other, 'never');
            },
        ),
    ),
    client.map((name) =>
        ofQubes(`${name} is restarted`, async ({ qubes }) => {
            qubes.crash(name);
            await qubes.start(name, 'never');
        }),
    ),
    proxyvm.map((name) =>
        ofQubes(`${name} is restarted`, async ({ qubes }) => {
            qubes.crash(name);
            await qubes.start(name, 'never');
        }),
    ),
);

const ofUser = fc.oneof(
    fc.tuple(client, rules).map(([name, hosts]) => ({
        text: `${name}.rules is saved: ${hosts || 'nothing'}`,
        act: ({ dom0 }: World) => dom0.writeRules(nameOf(name), rulesOf(hosts)),
    })),
    fc
        .tuple(client, rules)
        .map(([name, hosts]) =>
            ofQubes(`a command gives ${name}: ${hosts || 'nothing'}`, (world) =>
                world.setRules(name, rulesOf(hosts)),
            ),
        ),
    fc.tuple(client, rules, timed).map(([name, hosts, seconds]) => ({
        text: `${name}.rules is saved: ${hosts}, and t for ${seconds} s`,
        act: (world: World) =>
            world.dom0.writeRules(
                nameOf(name),
                world.timedRules(rulesOf(hosts), seconds),
            ),
    })),
    fc
        .tuple(client, rules, timed, fc.constantFrom(0, 0, -600, 90))
        .map(([name, hosts, seconds, setBy]) =>
            ofQubes(
                `a command gives ${name}: ${hosts}, and t for ${seconds} s` +
                    clockSetBy(setBy),
                (world) =>
                    world.setRules(
                        name,
                        world.timedRules(rulesOf(hosts), seconds),
                        setBy,
                    ),
            ),
        ),
    fc
        .tuple(client, timed, fc.constantFrom(0, 0, -90, 90))
        .map(([name, seconds, setBy]) =>
            ofQubes(
                `${name} learns for ${seconds} s${clockSetBy(setBy)}`,
                (world) => world.learn(name, seconds, setBy),
            ),
        ),
    client.map((name) =>
        ofQubes(`${name} is to learn no more`, (world) =>
            world.learn(name, null),
        ),
    ),
    client.map((name) =>
        ofQubes(`the user stops ${name}`, (world) =>
            world.setStopped(name, true),
        ),
    ),
    client.map((name) =>
        ofQubes(`the user starts ${name} again`, (world) =>
            world.setStopped(name, false),
        ),
    ),
);

const ofProxyvms = fc.oneof(
    proxyvm.map((name) => ({
        text: `${name} ends`,
        act: ({ qubes }: World) => qubes.crash(name),
    })),
    ...(
        [
            ["%'s agent hangs no more", (each) => each.hang(false)],
            [
                "the next step of %'s agent fails",
                (each) => {
                    each.isFailing = true;
                },
            ],
            [
                'the agent of % cannot be run by systemd',
                (each) => {
                    each.isAgentGone = true;
                },
            ],
            [
                'the next proxy of % does not start',
                (each) => {
                    each.isBroken = true;
                },
            ],
        ] satisfies [string, (each: ProxyVm) => void][]
    ).map(([text, act]) =>
        proxyvm.map((name) => ({
            text: text.replace('%', name),
            act: (world: World) => act(world.proxyvm(name)),
        })),
    ),
    fc
        .tuple(
            proxyvm,
            fc.nat(12),
            fc.constantFrom('dies' as const, 'hangs' as const),
        )
        .map(([name, turns, what]) => ({
            text: `the next call of ${name}'s agent ${what} after step ${turns}`,
            act: (world: World) => {
                world.proxyvm(name).fate = { turns, what };
            },
        })),
    fc.tuple(proxyvm, which).map(([name, nth]) => ({
        text: `tinyproxy number ${nth} of ${name} dies`,
        act: (world: World) => world.proxyvm(name).killTinyproxy(nth),
    })),
    fc.tuple(proxyvm, which).map(([name, nth]) => ({
        text: `old proxy number ${nth} of ${name} has drained`,
        act: (world: World) => world.proxyvm(name).endDrained(nth),
    })),
);

const ofDom0 = fc.oneof(
    fc.constantFrom(-90, -30, 30, 90).map((seconds) => ({
        text: `dom0's clock is set by ${seconds} s`,
        act: ({ scheduler }: World) => {
            scheduler.skewMs += seconds * 1000;
        },
    })),
    which.map((lost) => ({
        text: `the connection to qubesd is cut, and ${lost} events are lost`,
        act: ({ qubesd }: World) => qubesd.cut(lost),
    })),
    which.map((lost) => ({
        text: `qubesd stops, and ${lost} events are lost`,
        act: ({ qubesd }: World) => {
            qubesd.isUp = false;
            qubesd.cut(lost);
        },
    })),
    fc.constant({
        text: 'qubesd is started',
        act: ({ qubesd }: World) => {
            qubesd.isUp = true;
        },
    }),
    fc.constant({
        text: 'the next event comes twice',
        act: ({ qubesd }: World) => {
            qubesd.isTwice = true;
        },
    }),
    fc.integer({ min: 1, max: 4 }).map((most) => ({
        text: `${most} events are read at once`,
        act: ({ qubesd }: World) => {
            qubesd.mostAtOnce = most;
        },
    })),
    fc.constant({
        text: 'the daemon is killed',
        act: (world: World) => world.killDaemon(),
    }),
    fc.constant({
        text: 'the daemon is started',
        act: (world: World) => world.startDaemon(),
    }),
    fc.integer({ min: 1, max: 30 }).map((turns) => ({
        text: `the daemon is restarted after its step ${turns}`,
        act: (world: World) => world.restartDaemonAfter(turns),
    })),
    fc.boolean().map((isFull) => ({
        text: isFull ? "dom0's disk is full" : "dom0's disk has room again",
        act: ({ dom0 }: World) => {
            dom0.isFull = isFull;
        },
    })),
);

export const doing: fc.Arbitrary<Doing> = fc.oneof(
    { arbitrary: starts, weight: 3 },
    { arbitrary: ofClients, weight: 4 },
    { arbitrary: ofPlaces, weight: 3 },
    { arbitrary: ofUser, weight: 4 },
    { arbitrary: ofProxyvms, weight: 2 },
    { arbitrary: ofDom0, weight: 2 },
);
