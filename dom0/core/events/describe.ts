// Events in words, as reasons in the journal and in `show`.
import { toPrintable } from '../../../shared/printable.ts';
import type { Event } from './frames.ts';

/** Characters of a name that is shown; a qube's has 31 at most. */
const longest = 40;

const ofQube: Readonly<Record<string, (qube: string) => string>> = {
    'domain-pre-spawn': (qube) => `${qube} is starting`,
    'domain-spawn': (qube) => `${qube} has a domain`,
    'domain-unpaused': (qube) => `${qube} goes on`,
    'domain-start': (qube) => `${qube} has started`,
    'domain-start-failed': (qube) => `${qube} did not start`,
    'domain-shutdown': (qube) => `${qube} has ended`,
};

const ofSystem: Readonly<Record<string, (qube: string) => string>> = {
    'domain-add': (qube) => `${qube} is new`,
    'domain-delete': (qube) => `${qube} was removed`,
    'connection-established': () => 'contact with qubesd',
};

/** What it is about, in a few words. */
export function describeEvent(event: Event): string {
    const { name, untrusted_subject, untrusted_args } = event;
    const qube = toPrintable(untrusted_subject, longest);
    const named = toPrintable(untrusted_args.get('vm') ?? '', longest);
    if (name === 'net-domain-connect') {
        return `${named} was attached to ${qube}`;
    }
    const [, kind = '', what = ''] =
        /^(property|domain-feature|domain-tag)-[a-z-]+:(.+)$/.exec(name) ?? [];
    const shownWhat = toPrintable(what, longest);
    if (kind === 'domain-tag') {
        return `tag ${shownWhat} of ${qube}`;
    }
    if (kind !== '') {
        return qube === '' ? shownWhat : `${shownWhat} of ${qube}`;
    }
    const known = qube === '' ? ofSystem[name]?.(named) : ofQube[name]?.(qube);
    return known ?? toPrintable(`${name} of ${qube}`, 2 * longest);
}
