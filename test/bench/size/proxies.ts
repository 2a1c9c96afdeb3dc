// The proxies that are measured, on loopback, each with its list of hosts.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
    type DomainKind,
    lineOfDomain,
} from '../../../shared/pattern/domain-pattern.ts';
import { compileLines, DomainSet } from '../../../shared/pattern/index.ts';

/** Packed lines, one line for each host, and the opponent. */
export type ProxyName = 'ours' | 'plain' | 'squid';

export interface List {
    readonly kind: DomainKind;
    readonly hosts: readonly string[];
}

/** The program that an opponent needs is not there. */
export function isMissing(name: ProxyName): boolean {
    return name === 'squid' && !existsSync(squid);
}

export const ports: Readonly<Record<ProxyName, number>> = {
    ours: 18_001,
    plain: 18_002,
    squid: 18_003,
};

const squid = '/usr/sbin/squid';

export class MeasuredProxy {
    readonly name: ProxyName;
    readonly #config: string;
    #process: ChildProcess | null = null;

    private constructor(name: ProxyName, config: string) {
        this.name = name;
        this.#config = config;
    }

    /** Writes what it starts from. */
    static async make(
        name: ProxyName,
        list: List,
        directory: string,
    ): Promise<MeasuredProxy> {
        const config = join(directory, `${name}.conf`);
        const rules = join(directory, `${name}.rules`);
        await writeFile(rules, `${rulesFor(name, list).join('\n')}\n`);
        await writeFile(config, configOf(name, rules));
        return new MeasuredProxy(name, config);
    }

    /** Returns when it listens. */
    async start(): Promise<void> {
        const command =
            this.name === 'squid'
                ? [squid, '-N', '-f', this.#config]
                : ['/usr/bin/tinyproxy', '-d', '-c', this.#config];
        const [file = '', ...args] = command;
        const child = spawn(file, args, { stdio: 'ignore' });
        this.#process = child;
        while (!(await accepts(ports[this.name]))) {
            if (child.exitCode !== null) {
                throw new Error(`${this.name} ended with ${child.exitCode}`);
            }
            await setTimeout(1);
        }
    }

    async stop(): Promise<void> {
        const child = this.#process;
        this.#process = null;
        if (child !== null && child.exitCode === null) {
            const ended = new Promise((resolve) => child.once('exit', resolve));
            child.kill('SIGKILL');
            await ended;
        }
    }

    /** Memory in use, megabytes. */
    memory(): number {
        const pid = this.#process?.pid ?? 0;
        const text = readFileSync(`/proc/${pid}/status`, 'latin1');
        const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(text) ?? [];
        return Number(kilobytes) / 1024;
    }
}

function rulesFor(name: ProxyName, list: List): string[] {
    const { kind, hosts } = list;
    const lines = hosts.map((domain) => lineOfDomain({ kind, domain }));
    switch (name) {
        case 'ours':
            return compileLines(lines);
        case 'plain':
            return lines;
        case 'squid':
            return kind === 'both' ? widest(list) : [...hosts];
    }
}

/** squid does not start with a domain below another one. */
function widest({ kind, hosts }: List): string[] {
    const domains = new DomainSet();
    hosts.forEach((domain) => {
        domains.add({ kind, domain });
    });
    return Array.from(domains.widest(), ({ domain }) => `.${domain}`);
}

function configOf(name: ProxyName, rules: string): string {
    const lines =
        name === 'squid'
            ? [
                  `http_port 127.0.0.1:${ports.squid}`,
                  `acl allowed dstdomain "${rules}"`,
                  'http_access allow allowed',
                  'http_access deny all',
                  ...['cache deny all', 'cache_mem 4 MB', 'memory_pools off'],
                  ...['access_log none', 'cache_log /dev/null'],
                  ...['pid_filename none', 'netdb_filename none'],
                  ...['pinger_enable off', 'dns_nameservers 127.0.0.1'],
              ]
            : [
                  `Port ${ports[name]}`,
                  'Listen 127.0.0.1',
                  'FilterDefaultDeny Yes',
                  'FilterType ere',
                  `Filter "${rules}"`,
                  'LogLevel Notice',
                  'DisableViaHeader Yes',
                  'MaxClients 512',
              ];
    return `${lines.join('\n')}\n`;
}

function accepts(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1');
        socket.once('connect', () => {
            socket.destroy();
            resolve(true);
        });
        socket.once('error', () => resolve(false));
    });
}
