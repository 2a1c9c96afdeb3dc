// A qube's computed addresses (qubes-core-admin qubes/vm/mix/net.py).

import type { Value } from '../python.ts';
import { defaultIp, defaultIp6 } from './addresses.ts';
import type { Qube } from './qube.ts';
import type { System } from './system.ts';

export interface QubeInSystem {
    readonly system: System;
    readonly qube: Qube;
}

export function ip(owner: QubeInSystem): Value {
    return isNetworked(owner) ? defaultIp(...addressNumber(owner)) : null;
}

export function ip6(owner: QubeInSystem): Value {
    return isNetworked(owner) && hasIp6(owner)
        ? defaultIp6(...addressNumber(owner))
        : null;
}

export function dns(owner: QubeInSystem): Value {
    return isNetworked(owner) ? '10.139.1.1 10.139.1.2' : null;
}

export function gateway({ system, qube }: QubeInSystem): Value {
    return providesNetwork({ system, qube })
        ? system.value(qube, 'visible_ip')
        : null;
}

export function gateway6({ system, qube }: QubeInSystem): Value {
    return providesNetwork({ system, qube }) && hasIp6({ system, qube })
        ? system.value(qube, 'visible_ip6')
        : null;
}

export function visibleIp({ system, qube }: QubeInSystem): Value {
    const fake = system.featureAlong(qube, 'template', 'net.fake-ip');
    return fake || system.value(qube, 'ip');
}

export function visibleIp6({ system, qube }: QubeInSystem): Value {
    return system.value(qube, 'ip6');
}

export function visibleGateway({ system, qube }: QubeInSystem): Value {
    const fake = system.featureAlong(qube, 'template', 'net.fake-gateway');
    return fake || ofNetvm({ system, qube }, 'gateway');
}

export function visibleGateway6(owner: QubeInSystem): Value {
    return hasIp6(owner) ? ofNetvm(owner, 'gateway6') : null;
}

export function visibleNetmask({ system, qube }: QubeInSystem): Value {
    const fake = system.featureAlong(qube, 'template', 'net.fake-netmask');
    const netvm = system.related(qube, 'netvm');
    return fake || (netvm === null ? null : '255.255.255.255');
}

function isNetworked({ system, qube }: QubeInSystem): boolean {
    return (
        providesNetwork({ system, qube }) ||
        system.related(qube, 'netvm') !== null
    );
}

function providesNetwork({ system, qube }: QubeInSystem): boolean {
    return system.value(qube, 'provides_network') === true;
}

/** The feature anywhere up the chain; the first that has it decides. */
function hasIp6({ system, qube }: QubeInSystem): boolean {
    return Boolean(system.featureAlong(qube, 'netvm', 'ipv6'));
}

function ofNetvm({ system, qube }: QubeInSystem, property: string): Value {
    const netvm = system.related(qube, 'netvm');
    return netvm && system.value(netvm, property);
}

function addressNumber({ qube }: QubeInSystem): [boolean, number] {
    const { dispid, qid } = qube.identity;
    return dispid === null ? [false, qid] : [true, dispid];
}
