// Next proxies beyond sys-net, at an address of their own there; one at a time.
import { bed } from './bed.ts';
import { until } from './until.ts';

/** In a private network: what is opened for it is opened for nothing else. */
export const upstreamAddress = '192.168.77.7';

export interface Upstream {
    readonly kind: 'http' | 'socks5';
    readonly port: number;
    /** The hosts that a SOCKS5 server was asked for since it started. */
    asked(): readonly string[];
    end(): Promise<void>;
}

const squid = `
http_port ${upstreamAddress}:3128
acl everybody src all
http_access allow everybody
cache deny all
dns_nameservers 198.51.100.1
pid_filename none
access_log none
cache_log /dev/null
pinger_enable off
netdb_filename none
shutdown_lifetime 0 seconds
visible_hostname upstream.test
error_directory /usr/share/squid-langpack/en
`;

const tinyproxy = `
Port 8888
Listen ${upstreamAddress}
MaxClients 100
LogLevel Error
`;

/** With the configuration on stdin, which reaches the program as a file. */
function withConfig(command: string): string[] {
    const script =
        'echo nameserver 198.51.100.1 >/tmp/resolv.conf;' +
        ' mount --bind /tmp/resolv.conf /etc/resolv.conf;' +
        ` cat >/tmp/$0.conf; exec ${command} /tmp/$0.conf`;
    return ['unshare', '--mount', 'sh', '-euc', script];
}

/** Where its process id is: who changes his user id outlives his parent. */
const pidFile = '/tmp/upstream.pid';

const programs = {
    squid: {
        kind: 'http',
        port: 3128,
        config: squid,
        command: [...withConfig('squid -N -f'), 'squid'],
    },
    tinyproxy: {
        kind: 'http',
        port: 8888,
        config: tinyproxy,
        command: [...withConfig('tinyproxy -d -c'), 'tinyproxy'],
    },
    socks5: {
        kind: 'socks5',
        port: 1080,
        config: '',
        command: [
            '/run/bed/node',
            '/run/bed/project/dist/testbed/socks5.cjs',
            upstreamAddress,
            '1080',
        ],
    },
} as const;

export type UpstreamProgram = keyof typeof programs;

/** Resolves when it listens. */
export async function startUpstream(which: UpstreamProgram): Promise<Upstream> {
    const { kind, port, config, command } = programs[which];
    const script = `echo $$ >${pidFile}; exec "$0" "$@"`;
    const child = bed.spawn(['internet', 'sh', '-c', script, ...command]);
    child.stdin.end(config);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
    });
    const listens = async () => {
        const list = ['internet', 'ss', '-Hltn', `sport = :${port}`];
        return (await bed.run(list)).stdout !== '';
    };
    await until(listens, 10);
    return {
        kind,
        port,
        asked: () =>
            said
                .split('\n')
                .slice(0, -1)
                .map((line) => (JSON.parse(line) as { host: string }).host),
        async end() {
            const kill = `kill -KILL $(cat ${pidFile})`;
            await bed.must(['internet', 'sh', '-c', kill]);
            await child;
        },
    };
}
