// The script of the old guide, in the same ProxyVM. It is not part of this
// project: whoever has one names it in the environment.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Attachment, hosts } from './documents.ts';
import type { Case } from './measure.ts';
import type { Stopwatch } from './stopwatch/stopwatch.ts';

const variable = 'FILTERPROXY_BENCH_OPPONENT';

const directory = '/rw/config/tinyproxy';
const script = `${directory}/proxyctl.py`;

/** The vif of its made-up clients. */
const vif = 'vif900.0';

/** It makes a port of the last number of a client's address. */
function portOf({ address }: Attachment): number {
    return 8100 + Number(address.split('.')[3]);
}

/** Null if the environment names none; installs the one that it names. */
export async function findOpponent(
    stopwatch: Stopwatch,
    gateway: string,
): Promise<Opponent | null> {
    const path = process.env[variable] ?? '';
    if (path === '') {
        return null;
    }
    const opponent = new Opponent(stopwatch, gateway);
    await opponent.install(path);
    return opponent;
}

export class Opponent {
    readonly #stopwatch: Stopwatch;
    readonly #gateway: string;

    constructor(stopwatch: Stopwatch, gateway: string) {
        this.#stopwatch = stopwatch;
        this.#gateway = gateway;
    }

    /** Puts it there: the script, and the `config` that lies next to it. */
    async install(path: string): Promise<void> {
        await this.#write(script, readFileSync(path, 'utf8'));
        const config = readFileSync(join(dirname(path), 'config'), 'utf8');
        await this.#write(`${directory}/config`, config);
        await this.#stopwatch.sh(
            `mkdir -p /run/bench
            chmod 755 "$1"
            # An installed package of Debian makes link and account.
            command -v iptables >/dev/null ||
                ln -s iptables-nft /usr/sbin/iptables
            command -v iptables >/dev/null && [ -x /usr/bin/python3 ] || {
                echo 'it needs iptables and /usr/bin/python3' >&2
                exit 1
            }
            id -u tinyproxy >/dev/null 2>&1 || {
                echo tinyproxy:x:990:990::/run/tinyproxy:/bin/false \\
                    >>/etc/passwd
                echo tinyproxy:x:990: >>/etc/group
            }
            ip link add "$2" type veth peer name bench
            ip link set dev bench up
            ip link set dev "$2" group 2 up
            ip address add "$3/32" dev "$2"
            # Its own rule opens nothing under Qubes' tables of today.
            nft insert rule ip qubes custom-input iifgroup 2 \\
                tcp dport 8100-8355 accept`,
            script,
            vif,
            this.#gateway,
        );
    }

    /** From now on it has these clients. None is served afterwards. */
    async becomeCold(
        attachments: readonly Attachment[],
        allowed: readonly string[] = hosts,
    ): Promise<void> {
        await this.stop();
        await this.#stopwatch.sh(
            `cd "$1"; vif=$2; rules=$3; shift 3
            find . -name '*.*.*.*.*' -delete
            ip route flush dev "$vif"
            # Made by itself, these have modes by which tinyproxy cannot
            # remove its pid file, and restart starts nothing.
            mkdir -p -m 755 /run/tinyproxy
            while [ $# -gt 0 ]; do
                echo "$rules" >"$1.$2"
                # A client that exists has its route.
                ip route list exact "$2/32" | grep -q . ||
                    ip route add "$2" dev "$vif"
                mkdir -m 770 "/run/tinyproxy/$1"
                chown tinyproxy:tinyproxy "/run/tinyproxy/$1"
                shift 2
            done`,
            directory,
            vif,
            allowed.map((host) => `^${host.replace('.', '\\.')}$`).join('\n'),
            ...attachments.flatMap(({ name, address }) => [name, address]),
        );
    }

    /** Serves them; the way back for `resetFirewall` is kept. */
    async becomeWarm(
        attachments: readonly Attachment[],
        allowed: readonly string[] = hosts,
    ): Promise<void> {
        await this.becomeCold(attachments, allowed);
        await this.#stopwatch.must(this.#command('update'));
        await this.untilListening(attachments);
        await this.#stopwatch.sh(
            `{
                echo 'delete table ip filter'; echo 'delete table ip nat'
                nft list table ip filter; nft list table ip nat
            } >/run/bench/opponent.nft`,
        );
    }

    async stop(): Promise<void> {
        await this.#stopwatch.sh(
            `pids=$(cat /run/tinyproxy/*/pid 2>/dev/null) || :
            [ -z "$pids" ] || kill $pids
            for pid in $pids; do
                while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
            done
            rm -rf /run/tinyproxy
            for table in filter nat; do
                nft "add table ip $table; delete table ip $table"
            done`,
        );
    }

    cold(attachments: readonly Attachment[]): Case {
        return {
            name: 'opponent: update',
            role: 'opponent',
            prepare: () => this.becomeCold(attachments),
            measure: () => this.time('update'),
            restore: async () => {
                await this.untilListening(attachments);
                await this.stop();
            },
        };
    }

    /** What it may do without being asked to, on the clients it serves. */
    warm(attachments: readonly Attachment[], ...words: string[]): Case {
        return {
            name: `opponent: ${words[0]}`,
            role: 'opponent',
            measure: () => this.time(...words),
            restore: async () => {
                await this.untilListening(attachments);
                await this.#resetFirewall();
            },
        };
    }

    async time(...words: string[]): Promise<number> {
        return (await this.#stopwatch.must(this.#command(...words)))
            .milliseconds;
    }

    #command(...words: string[]) {
        return { file: '/usr/bin/python3', args: [script, ...words] };
    }

    /** It adds its rules again each time, since it does not find them. */
    async #resetFirewall(): Promise<void> {
        await this.#stopwatch.sh('nft -f /run/bench/opponent.nft');
    }

    async untilListening(attachments: readonly Attachment[]): Promise<void> {
        const ports = attachments.map(portOf);
        await this.#stopwatch.sh(
            `tries=0; filter=$1; shift
            until [ "$(ss -Hltn "$filter" | wc -l)" = $# ]; do
                tries=$((tries + 1))
                [ "$tries" -le 200 ] || {
                    echo "not all $# proxies of the opponent listen" >&2
                    exit 1
                }
                sleep 0.02
            done`,
            ports.map((port) => `sport = :${port}`).join(' or '),
            ...ports,
        );
    }

    async #write(path: string, text: string): Promise<void> {
        const write = 'mkdir -p "$(dirname "$1")"; cat >"$1"';
        const args = ['-euc', write, 'sh', path];
        await this.#stopwatch.must({ file: 'sh', args, input: text });
    }
}
