// What there is to say of this ProxyVM, from what was seen in it.
import type { Ip4, Ip6 } from '../../shared/domain/address.ts';
import { addressesOf } from '../../shared/protocol/desired-state.ts';
import type { Examination } from '../../shared/protocol/examination.ts';
import { limits } from '../../shared/protocol/limits.ts';
import type { Result } from '../../shared/result.ts';
import { isResolver, portsFor } from './element.ts';
import type { ObservedState } from './observed-state.ts';
import { portOf } from './proxy-uid.ts';
import type { TinyproxyVersion } from './tinyproxy-version.ts';

export interface Examined {
    readonly observed: ObservedState;
    /** Or what is wrong with it, and what to do. */
    readonly tinyproxy: Result<TinyproxyVersion, string>;
    readonly qubesFirewall: Examination['qubesFirewall'];
    /** The resolvers among the observed ones that answered. */
    readonly answering: ReadonlySet<string>;
}

/** The resolvers that are told, and asked. */
export function examinedResolvers({ resolvers }: ObservedState): (Ip4 | Ip6)[] {
    return resolvers.slice(0, limits.resolvers);
}

export function examinationOf(
    agent: string,
    { observed, tinyproxy, qubesFirewall, answering }: Examined,
): Examination {
    const permitted = new Set(
        observed.elements.filter(isResolver).map(({ key }) => key[0]),
    );
    return {
        agent,
        tinyproxy: tinyproxy.ok
            ? { version: tinyproxy.value.text, unfit: '' }
            : { version: '', unfit: tinyproxy.error },
        table: observed.table,
        inputRules: observed.inputRule,
        qubesFirewall,
        resolvers: examinedResolvers(observed).map((address) => ({
            address,
            answers: answering.has(address),
            isPermitted: permitted.has(address),
        })),
        proxies: observed.proxies.flatMap(({ uid, record, isAlive }) => {
            if (record === null) {
                return [];
            }
            const { name, uuid } = record;
            const port = portOf(uid);
            const led = portsFor(addressesOf(record), observed.elements);
            const hasDoor = led.size === 1 && led.has(port);
            return [{ name, uuid, port, isAlive, hasDoor }];
        }),
    };
}
