// Features and tags, with the events of their changes (qubes-core-admin
// qubes/features.py, qubes/vm/__init__.py).

import { noSuchFeature, noSuchTag } from '../errors.ts';
import type { Qube } from '../model/qube.ts';
import type { System } from '../model/system.ts';
import type { EventArguments } from '../wire.ts';

/** Fires its events even if nothing changes. */
export function setFeature(
    system: System,
    qube: Qube,
    feature: string,
    value: string,
): void {
    const oldvalue = qube.features.get(feature);
    const args: EventArguments = [
        ['feature', feature],
        ['value', value],
        ...(oldvalue === undefined ? [] : [['oldvalue', oldvalue] as const]),
    ];
    system.events.fire(qube.name, `domain-feature-pre-set:${feature}`, args);
    qube.features.set(feature, value);
    system.events.fire(qube.name, `domain-feature-set:${feature}`, args);
}

/** Announces the removal before it finds that there is nothing to remove. */
export function removeFeature(
    system: System,
    qube: Qube,
    feature: string,
): void {
    const args: EventArguments = [['feature', feature]];
    system.events.fire(qube.name, `domain-feature-pre-delete:${feature}`, args);
    if (!qube.features.delete(feature)) {
        throw noSuchFeature(qube.name, feature);
    }
    system.events.fire(qube.name, `domain-feature-delete:${feature}`, args);
}

/** Silent if the qube has it. */
export function addTag(system: System, qube: Qube, tag: string): void {
    if (!qube.tags.has(tag)) {
        qube.tags.add(tag);
        system.events.fire(qube.name, `domain-tag-add:${tag}`, [['tag', tag]]);
    }
}

export function removeTag(system: System, qube: Qube, tag: string): void {
    if (!qube.tags.delete(tag)) {
        throw noSuchTag(qube.name, tag);
    }
    system.events.fire(qube.name, `domain-tag-delete:${tag}`, [['tag', tag]]);
}
