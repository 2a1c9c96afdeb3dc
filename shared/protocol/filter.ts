// What a client may reach, and how its proxy does it.
import * as v from 'valibot';
import { doNetworksOverlap, type Network } from '../domain/network.ts';
import { parseConfinedLine } from '../pattern/index.ts';
import { limits } from './limits.ts';
import {
    counter,
    domain,
    parsed,
    port,
    privateNetwork,
    record,
    upstreamAddress,
} from './schema.ts';

export function isDistinct(
    values: readonly (string | number | null)[],
): boolean {
    return new Set(values).size === values.length;
}

/** No two have an address and a port in common: nftables refuses that. */
function areApart(
    all: readonly { network: Network; ports: readonly number[] }[],
): boolean {
    return all.every((one, index) =>
        all
            .slice(index + 1)
            .every(
                (other) =>
                    !doNetworksOverlap(one.network, other.network) ||
                    !one.ports.some((each) => other.ports.includes(each)),
            ),
    );
}

const ports = v.pipe(v.array(port), v.maxLength(limits.portsPerFilter));

/** Where requests for some hosts go; the one that says most about a host. */
const upstream = v.variant('kind', [
    v.strictObject({
        kind: v.picklist(['http', 'socks5']),
        address: upstreamAddress,
        port,
        /** Null: all hosts that no other one is for. */
        domain: v.nullable(domain),
    }),
    /** Directly to the host, though there is an upstream for all. */
    v.strictObject({ kind: v.literal('none'), domain }),
]);

/** Private addresses that are opened, at these ports only. */
const privateDestination = v.strictObject({
    network: privateNetwork,
    ports: v.pipe(
        v.array(port),
        v.minLength(1),
        v.maxLength(limits.portsPerPrivateNetwork),
        v.check((all) => isDistinct(all), 'a port twice'),
    ),
});

const filterEntries = v.strictObject({
    /**
     * What becomes of a host that no line matches. With `allow` the lines are
     * what is refused, and so is, whatever they say, what is not a plain host
     * name: see shared/pattern/plain-name.ts.
     */
    default: v.picklist(['deny', 'allow']),
    /** What tinyproxy gets, confined: see shared/pattern/confine.ts. */
    lines: v.pipe(
        v.array(parsed(parseConfinedLine)),
        v.maxLength(limits.linesPerFilter),
    ),
    /** The rules that the lines were made of, to tell people. */
    rules: counter,
    /** Ports that CONNECT may name. */
    connectPorts: v.pipe(ports, v.minLength(1)),
    /** Ports of plain HTTP; without any, CONNECT alone passes. */
    httpPorts: ports,
    upstreams: v.pipe(
        v.array(upstream),
        v.maxLength(limits.upstreamsPerFilter),
        v.check(
            (all) => isDistinct(all.map((each) => each.domain)),
            'two upstreams are for one domain',
        ),
    ),
    privateDestinations: v.pipe(
        v.array(privateDestination),
        v.maxLength(limits.privateNetworksPerFilter),
        v.check((all) => areApart(all), 'two private networks overlap'),
    ),
    /** An idle connection is closed after so long. */
    timeoutSeconds: v.pipe(
        counter,
        v.minValue(1),
        v.maxValue(limits.timeoutSeconds),
    ),
    /** Connections at a time; the next one waits. */
    maxClients: v.pipe(counter, v.minValue(1), v.maxValue(limits.maxClients)),
    /** Which requests are written to the ProxyVM's journal. */
    record,
});

/** What a client may reach, and how its proxy does it. */
export const filterSchema = v.pipe(
    filterEntries,
    v.check(
        ({ upstreams, httpPorts }) =>
            httpPorts.length === 0 ||
            upstreams.every(({ kind }) => kind !== 'http'),
        // tinyproxy hands on what its client says before the host.
        'plain HTTP through an HTTP proxy cannot be kept to the filter',
    ),
    v.check(
        // What a block list refuses beside its lines are names, not targets.
        (filter) => filter.default === 'deny' || filter.httpPorts.length > 0,
        'a block list without plain HTTP is not possible',
    ),
);

export type Filter = v.InferOutput<typeof filterSchema>;
export type Upstream = Filter['upstreams'][number];
export type PrivateDestination = Filter['privateDestinations'][number];
