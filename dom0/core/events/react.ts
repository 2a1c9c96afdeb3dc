// What an event of dom0 is a reason to look at again. What it says is not
// believed: a `pre-set` may still fail, values are texts (a qube may be named
// `None`), and events are lost while qubesd restarts.
import {
    parseQubeName,
    type QubeName,
} from '../../../shared/domain/qube-name.ts';
import type { Event } from './frames.ts';

export interface Reaction {
    /** The qubes to ask Qubes for again: what is known of them may be old. */
    readonly lookAt: readonly QubeName[] | 'everything';
    /** Events were lost before: what is known of ProxyVMs may be wrong. */
    readonly isAfterGap: boolean;
    /**
     * An interface was plugged into that qube: it has the address of now, and
     * so dom0 knows nothing new, but the ProxyVM may.
     */
    readonly pluggedInto: QubeName | null;
    /** The qube begins to start, though Qubes still calls it halted. */
    readonly begins: QubeName | null;
    /** Its start is over, one way or the other. */
    readonly ends: QubeName | null;
    /** It is about to shut down; that may still fail, and a kill tells nothing. */
    readonly beginsToEnd: QubeName | null;
    /** It runs no more, however that came. */
    readonly hasEnded: QubeName | null;
    /** It was removed for good. */
    readonly removed: QubeName | null;
}

const nothing: Reaction = {
    lookAt: [],
    isAfterGap: false,
    pluggedInto: null,
    begins: null,
    ends: null,
    beginsToEnd: null,
    hasEnded: null,
    removed: null,
};

const everything: Reaction = { ...nothing, lookAt: 'everything' };

/** Events after which a qube has, or has lost, a Xen domain. */
const ofStart = new Set(['domain-spawn', 'domain-unpaused']);
const startOver = new Set([
    'domain-start',
    'domain-start-failed',
    'domain-shutdown',
]);

/** The properties of a qube that decide whether and where it is served. */
const properties =
    'netvm|ip|ip6|visible_ip|visible_ip6|visible_gateway|visible_gateway6' +
    '|gateway|gateway6|provides_network|template|template_for_dispvms';
const ofProperty = new RegExp(`^property-(set|reset):(${properties})$`);
/** Others have them too: what is based on it, and what is behind it. */
const ofInherited = /^domain-feature-(set|delete):(net\.fake-.*|ipv6)$/;
const ofTag = /^domain-tag-(add|delete):/;
const ofDefaultNetvm = /^property-(set|reset):default_netvm$/;

/**
 * The system's own events have no subject, and name a qube as `vm`. Order and
 * names: qubes-core-admin qubes/vm/qubesvm.py, qubes/vm/mix/net.py.
 */
export function reactTo(event: Event): Reaction {
    const { untrusted_subject, name } = event;
    if (untrusted_subject === '') {
        return reactToSystem(event);
    }
    const subject = parseQubeName(untrusted_subject);
    if (!subject.ok) {
        return nothing;
    }
    const qube = subject.value;
    const lookAt = [qube];
    if (name === 'domain-pre-spawn') {
        // Nothing of it has changed: it is in a hurry.
        return { ...nothing, begins: qube };
    }
    if (name === 'domain-pre-shutdown') {
        return { ...nothing, beginsToEnd: qube };
    }
    if (startOver.has(name)) {
        const hasEnded = name === 'domain-shutdown' ? qube : null;
        return { ...nothing, lookAt, ends: qube, hasEnded };
    }
    if (name === 'net-domain-connect') {
        const both = [...lookAt, ...named(event)];
        return { ...nothing, lookAt: both, pluggedInto: qube };
    }
    if (ofInherited.test(name)) {
        return everything;
    }
    const isOfInterest =
        ofStart.has(name) || ofProperty.test(name) || ofTag.test(name);
    return isOfInterest ? { ...nothing, lookAt } : nothing;
}

function reactToSystem(event: Event): Reaction {
    const { name } = event;
    if (name === 'connection-established') {
        return { ...everything, isAfterGap: true };
    }
    if (ofDefaultNetvm.test(name)) {
        return everything;
    }
    const [qube = null] = named(event);
    switch (qube === null ? '' : name) {
        case 'domain-add':
            return { ...nothing, lookAt: named(event) };
        case 'domain-delete':
            return {
                ...nothing,
                lookAt: named(event),
                ends: qube,
                removed: qube,
            };
        default:
            return nothing;
    }
}

function named({ untrusted_args }: Event): QubeName[] {
    const name = parseQubeName(untrusted_args.get('vm') ?? '');
    return name.ok ? [name.value] : [];
}
