// What a qube's settings make other than usual.
import { isNextProxy, type NextProxy } from '../../../shared/protocol/route.ts';
import {
    countsUsage,
    defaultSettings,
    type FilterSettings,
} from '../../core/settings/filter-settings.ts';

/** `the SOCKS5 proxy 10.0.0.1:1080` */
export function nameUpstream({ kind, address, port }: NextProxy): string {
    return `the ${kind.toUpperCase()} proxy ${address}:${port}`;
}

/** A next proxy for programs; null for none. */
export function upstreamJson(upstream: NextProxy | null) {
    return (
        upstream && {
            kind: upstream.kind,
            address: upstream.address,
            port: upstream.port,
        }
    );
}

/** All settings for programs, as they hold together. */
export function settingsJson(settings: FilterSettings) {
    return {
        connectPorts: settings.connectPorts,
        httpPorts: settings.httpPorts,
        upstreams: settings.upstreams.map((each) => ({
            domain: each.domain,
            upstream: upstreamJson(isNextProxy(each) ? each : null),
        })),
        privateNetworks: settings.privateDestinations,
        timeoutSeconds: settings.timeoutSeconds,
        maxClients: settings.maxClients,
        logRefused: settings.record === 'refused',
        countsUsage: countsUsage(settings),
    };
}

/** A line for each setting that matters and is not the default. */
export function formatSettings(settings: FilterSettings): string[] {
    return [
        ...settings.upstreams.filter(isNextProxy).map((each) => {
            const hosts = each.domain ?? 'all hosts that no other is for';
            return `through ${nameUpstream(each)}: ${hosts}`;
        }),
        ...formatDirect(settings),
        ...(isDefault(settings, 'connectPorts')
            ? []
            : [`https to ${namePorts(settings.connectPorts)}`]),
        ...(isDefault(settings, 'httpPorts')
            ? []
            : [formatHttpPorts(settings)]),
        ...settings.privateDestinations.map(
            ({ network, ports }) =>
                `private addresses ${network}, ${namePorts(ports)}`,
        ),
        ...(settings.record === 'nothing'
            ? ['refused hosts are not logged']
            : []),
        ...(countsUsage(settings) ? ['the use of rules is counted'] : []),
    ];
}

function formatDirect({ upstreams }: FilterSettings): string[] {
    const direct = upstreams.flatMap((each) =>
        isNextProxy(each) ? [] : [each.domain],
    );
    return direct.length === 0 ? [] : [`without proxy: ${direct.join(', ')}`];
}

function formatHttpPorts({ httpPorts }: FilterSettings): string {
    return httpPorts.length === 0
        ? 'no plain HTTP'
        : `plain HTTP to ${namePorts(httpPorts)}`;
}

function isDefault(
    settings: FilterSettings,
    name: 'connectPorts' | 'httpPorts',
): boolean {
    return settings[name].join() === defaultSettings[name].join();
}

function namePorts(ports: readonly number[]): string {
    return `${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`;
}
