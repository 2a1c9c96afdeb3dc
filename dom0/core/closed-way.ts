// Which ports and addresses a qube's settings open to a request whose host its
// rules allow.
import {
    type Ip4,
    type Ip6,
    parseIp4,
    parseIp6,
} from '../../shared/domain/address.ts';
import { isInNetwork } from '../../shared/domain/network.ts';
import { isOfQubes } from '../../shared/domain/private-network.ts';
import type { PrivateDestination } from '../../shared/protocol/desired-state.ts';
import { isNextProxy, nextProxy } from '../../shared/protocol/route.ts';
import type { FilterSettings } from './settings/filter-settings.ts';
import type { Target } from './target.ts';
import { isUnreachable } from './unreachable.ts';

/** What the settings have against a request. */
export type ClosedWay =
    | { readonly kind: 'plain-http' }
    | { readonly kind: 'port'; readonly open: readonly number[] }
    | { readonly kind: 'address'; readonly address: Ip4 | Ip6 };

/** Why no connection is made to a host that the rules allow; null if one is. */
export function whyClosed(
    target: Target,
    settings: FilterSettings,
): ClosedWay | null {
    if (target.scheme === 'http' && settings.httpPorts.length === 0) {
        return { kind: 'plain-http' };
    }
    return nextProxy(settings.upstreams, target.host) === null
        ? whyUnreachable(target, settings)
        : whyNoTunnel(target, settings);
}

/** A next proxy takes plain HTTP to whatever port, and any address. */
function whyNoTunnel(
    { scheme, port }: Target,
    { connectPorts, httpPorts }: FilterSettings,
): ClosedWay | null {
    const isTunnel = isTunnelled(scheme, httpPorts);
    return isTunnel && port !== null && !connectPorts.includes(port)
        ? { kind: 'port', open: connectPorts }
        : null;
}

function whyUnreachable(
    target: Target,
    settings: FilterSettings,
): ClosedWay | null {
    const { host, port } = target;
    const address = addressOf(host);
    if (address !== null && isUnreachable(address)) {
        const ports = privatePorts(address, target, settings);
        if (ports.length === 0) {
            return { kind: 'address', address };
        }
        return port === null || ports.includes(port)
            ? null
            : { kind: 'port', open: ports };
    }
    const open = openPorts(target, settings);
    const isOpen =
        port === null ||
        open.includes(port) ||
        // A name may lead into a private network that is open there.
        (address === null && isOpenInside(port, target, settings));
    return isOpen ? null : { kind: 'port', open };
}

/** At which addresses a port that is open is so; of a name these are not known. */
export type OpenAt = 'any' | 'public' | 'private';

/** Of a request that is not closed; `public`: not at those of each `!lan`. */
export function whereOpen(target: Target, settings: FilterSettings): OpenAt {
    const { host, port } = target;
    const isResolvedHere = nextProxy(settings.upstreams, host) === null;
    if (port === null || !isResolvedHere || addressOf(host) !== null) {
        return 'any';
    }
    if (!openPorts(target, settings).includes(port)) {
        return 'private';
    }
    const isOpenInAll = opened(target, settings).every(({ ports }) =>
        ports.includes(port),
    );
    return isOpenInAll ? 'any' : 'public';
}

/** One without a scheme may be either. */
function isTunnelled(
    scheme: string | null,
    httpPorts: readonly number[],
): boolean {
    const isPlain = scheme === null || scheme === 'http';
    return !isPlain || httpPorts.length === 0;
}

/** On public addresses; plain HTTP passes to those of CONNECT, too. */
function openPorts(
    { scheme }: Target,
    { connectPorts, httpPorts }: FilterSettings,
): readonly number[] {
    return isTunnelled(scheme, httpPorts)
        ? connectPorts
        : [...new Set([...httpPorts, ...connectPorts])].sort((a, b) => a - b);
}

function isOpenInside(
    port: number,
    target: Target,
    settings: FilterSettings,
): boolean {
    return opened(target, settings).some(({ ports }) => ports.includes(port));
}

/** Those at which a private address is open. */
function privatePorts(
    address: Ip4 | Ip6,
    target: Target,
    settings: FilterSettings,
): number[] {
    return isOfQubes(address)
        ? []
        : opened(target, settings)
              .filter(({ network }) => isInNetwork(address, network))
              .flatMap(({ ports }) => ports);
}

/**
 * Private networks with the ports that are open there: where there is a next
 * proxy, tunnels to those of CONNECT alone (proxyvm/render/tinyproxy.ts).
 */
function opened(
    { scheme }: Target,
    { privateDestinations, upstreams, httpPorts, connectPorts }: FilterSettings,
): readonly PrivateDestination[] {
    const isTunnel = isTunnelled(scheme, httpPorts);
    return isTunnel && upstreams.some(isNextProxy)
        ? privateDestinations.map(({ network, ports }) => ({
              network,
              ports: ports.filter((port) => connectPorts.includes(port)),
          }))
        : privateDestinations;
}

/** The address that a resolver reads a host as, in whatever spelling. */
export function addressOf(host: string): Ip4 | Ip6 | null {
    const ip6 = parseIp6(host);
    if (ip6.ok) {
        return ip6.value;
    }
    const url = `http://${host}/`;
    const ip4 = parseIp4(URL.canParse(url) ? new URL(url).hostname : '');
    return ip4.ok ? ip4.value : null;
}
