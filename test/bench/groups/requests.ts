// What the way through a proxy of ours costs a request: next to a tinyproxy
// that filters nothing, started by hand, and to no proxy at all.
import { apply } from '../agent.ts';
import { timesFloor } from '../aims.ts';
import type { Bench } from '../bench.ts';
import { type Asking, ClientTraffic } from '../client-traffic.ts';
import { clientWith, hosts } from '../documents.ts';
import type { Case, Group } from '../measure.ts';
import { summarise } from '../statistics.ts';

const bare = { unit: 'bench-bare', port: 18_001 };

export function requests(bench: Bench, connections: number): Group {
    const { stopwatch, client, isQuick } = bench;
    let traffic: ClientTraffic;
    let address = '';
    const ways: readonly [string, Case['role'], () => Partial<Asking>][] = [
        ['our proxy', 'ours', () => ({})],
        ['bare tinyproxy', 'floor', () => ({ port: bare.port })],
        ['no proxy', 'beside', () => ({ address, port: 80 })],
    ];
    const rates = new Map<string, number[]>();
    const load = async (name: string, way: Partial<Asking>) => {
        const asking = { hosts, connections, milliseconds: 400, ...way };
        const { median, perSecond } = await traffic.load(asking);
        rates.set(name, [...(rates.get(name) ?? []), perSecond]);
        // What one waits; of many, how soon they are done.
        return connections === 1 ? median : 1000 / perSecond;
    };
    return {
        title:
            connections === 1
                ? 'a request, one after the other (floor: bare tinyproxy)'
                : `a request, ${connections} at a time (floor: bare tinyproxy)`,
        rounds: isQuick ? 5 : 75,
        aims: [timesFloor(1.03)],
        setUp: async () => {
            traffic = await ClientTraffic.install(client);
            await apply(stopwatch, [clientWith(client)]);
            await startBare(bench);
            address = await addressOf(bench, hosts[0] ?? '');
        },
        cases: ways.map(([name, role, way]) => ({
            name,
            role,
            measure: () => load(name, way()),
        })),
        remarks: async () =>
            [...rates].map(
                ([name, all]) =>
                    `${name}: ${summarise(all).median.toFixed(0)} a second`,
            ),
        tearDown: async () => {
            await stopwatch.sh(`systemctl stop ${bare.unit}`);
            await apply(stopwatch, []);
        },
    };
}

/** It may be reached from the client until its unit ends. */
async function startBare({ stopwatch, client }: Bench): Promise<void> {
    await stopwatch.sh(
        `mkdir -p /run/bench
        printf '%s\\n' "Port $1" 'MaxClients 512' 'Timeout 600' \\
            'LogLevel Warning' 'DisableViaHeader Yes' >/run/bench/bare.conf
        nft insert rule ip qubes custom-input iifgroup 2 \\
            ip saddr "$2" tcp dport "$1" accept
        systemd-run --quiet --collect --unit="$3" \\
            tinyproxy -d -c /run/bench/bare.conf
        until ss -Hltn "sport = :$1" | grep -q .; do sleep 0.02; done`,
        bare.port,
        client.address,
        bare.unit,
    );
}

async function addressOf({ stopwatch }: Bench, host: string): Promise<string> {
    const found = await stopwatch.sh('getent ahostsv4 "$1"', host);
    return found.split(' ')[0] ?? '';
}
