import { expect, test } from 'vitest';
import { describeEvent } from '../../dom0/core/events/describe.ts';

test.each<[string, string, Record<string, string>, string]>([
    ['work', 'domain-pre-spawn', {}, 'work is starting'],
    ['work', 'domain-start', {}, 'work has started'],
    ['work', 'domain-start-failed', { reason: 'no' }, 'work did not start'],
    ['work', 'domain-shutdown', {}, 'work has ended'],
    [
        'sys-filter',
        'net-domain-connect',
        { vm: 'work' },
        'work was attached to sys-filter',
    ],
    ['work', 'property-set:netvm', { newvalue: 'None' }, 'netvm of work'],
    ['work', 'property-reset:visible_ip', {}, 'visible_ip of work'],
    ['work', 'domain-feature-set:ipv6', {}, 'ipv6 of work'],
    ['work', 'domain-tag-add:secret', {}, 'tag secret of work'],
    ['', 'property-set:default_netvm', {}, 'default_netvm'],
    ['', 'domain-add', { vm: 'new' }, 'new is new'],
    ['', 'domain-delete', { vm: 'old' }, 'old was removed'],
    ['', 'connection-established', {}, 'contact with qubesd'],
    ['work', 'something-else', {}, 'something-else of work'],
    ['w\x1b[2Jk', 'domain-start', {}, 'w_[2Jk has started'],
])('%s %s %j is: %s', (untrusted_subject, name, args, words) => {
    const untrusted_args = new Map(Object.entries(args));
    expect(describeEvent({ untrusted_subject, name, untrusted_args })).toBe(
        words,
    );
});
