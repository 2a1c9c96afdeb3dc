// Qubes come from definitions at start, from the Admin API later.

import { randomUUID } from 'node:crypto';
import { valueError } from '../errors.ts';
import { Qube, type QubeIdentity } from './qube.ts';
import type { System } from './system.ts';

type Identity = Omit<QubeIdentity, 'dispid'> & { dispid?: number };

/** Whose numbers were never given, or are free again. */
export function freeIds(system: System): Pick<QubeIdentity, 'uuid' | 'qid'> {
    return { uuid: randomUUID(), qid: system.unusedQid() };
}

export function newQube(identity: Identity): Qube {
    const qube = new Qube({ dispid: null, ...identity });
    if (identity.klass !== 'AdminVM') {
        qube.properties.set('name', identity.name);
        qube.properties.set('qid', identity.qid);
        qube.properties.set('uuid', identity.uuid);
        qube.tags.add('audiovm-dom0').add('guivm-dom0');
    }
    return qube;
}

const notCloned = new Set([
    'name',
    'qid',
    'uuid',
    'template',
    'template_for_dispvms',
]);

/**
 * A disposable has all explicit properties, features, tags and firewall rules
 * of its template (qubes-core-admin qubes/vm/dispvm.py).
 */
export function newDisposable(
    system: System,
    template: Qube,
    { name, cleanUp = false }: { name?: string; cleanUp?: boolean },
): Qube {
    if (system.value(template, 'template_for_dispvms') !== true) {
        throw valueError(
            `template for disposable (${template.name}) needs to be an AppVM ` +
                'with template_for_dispvms=True',
        );
    }
    const dispid = system.unusedDispid();
    const qube = newQube({
        ...freeIds(system),
        name: name ?? `disp${dispid}`,
        klass: 'DispVM',
        dispid,
    });
    qube.properties.set('dispid', dispid).set('template', template.name);
    if (cleanUp) {
        qube.properties.set('auto_cleanup', true);
    }
    for (const [property, value] of template.properties) {
        if (!notCloned.has(property)) {
            qube.properties.set(property, value);
        }
    }
    for (const [feature, value] of template.features) {
        if (!feature.startsWith('preload-dispvm')) {
            qube.features.set(feature, value);
        }
    }
    for (const tag of template.tags) {
        qube.tags.add(tag);
    }
    qube.firewall = template.firewall;
    return qube;
}
