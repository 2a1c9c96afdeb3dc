// What events are a reason to look at, in the streams of the real qubesd and
// in the orders of qubes-core-admin.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cutEvents, type Event } from '../../dom0/core/events/frames.ts';
import { type Reaction, reactTo } from '../../dom0/core/events/react.ts';

/** `SUBJECT EVENT KEY=VALUE...`; `-` is the system. */
function event(line: string): Event {
    const [subject = '', name = '', ...pairs] = line.split(' ');
    return {
        untrusted_subject: subject === '-' ? '' : subject,
        name,
        untrusted_args: new Map(
            pairs.map((pair) => {
                const [key = '', value = ''] = pair.split('=');
                return [key, value];
            }),
        ),
    };
}

function textOf(reaction: Reaction): string {
    const { lookAt, isAfterGap, pluggedInto, begins, ends, removed } = reaction;
    const { beginsToEnd, hasEnded } = reaction;
    return [
        lookAt === 'everything' ? 'everything' : lookAt.join(' and '),
        isAfterGap ? 'after a gap' : '',
        begins === null ? '' : `${begins} begins`,
        ends === null ? '' : `${ends} ends`,
        beginsToEnd === null ? '' : `${beginsToEnd} begins to end`,
        hasEnded === null ? '' : `${hasEnded} has ended`,
        pluggedInto === null ? '' : `plugged into ${pluggedInto}`,
        removed === null ? '' : `${removed} is removed`,
    ]
        .filter((part) => part !== '')
        .join(', ');
}

function reactions(lines: readonly string[]): string[] {
    return lines
        .map((line) => textOf(reactTo(event(line))))
        .filter((text) => text !== '');
}

describe('of a qube', () => {
    test.each<[string, readonly string[], readonly string[]]>([
        [
            'a start begins at its pre-spawn, with nothing to read, and is over at its start',
            [
                'work domain-pre-start start_guid=True mem_required=None',
                'work domain-verify-files',
                'work domain-pre-spawn start_guid=True',
                'work property-reset:xid name=xid',
                'work domain-spawn start_guid=True',
                'work domain-qdb-create',
                'work domain-pre-unpaused',
                'work domain-unpaused',
                'work domain-start start_guid=True',
            ],
            ['work begins', 'work', 'work', 'work, work ends'],
        ],
        [
            'a start that fails is over',
            [
                'work domain-pre-spawn start_guid=True',
                'work domain-start-failed reason=no',
                'work domain-stopped',
                'work domain-shutdown',
            ],
            [
                'work begins',
                'work, work ends',
                'work, work ends, work has ended',
            ],
        ],
        [
            'only the end of a shutdown is a reason to look',
            [
                'work domain-pre-shutdown force=False',
                'work domain-shutdown-failed reason=busy',
                'work domain-stopped',
                'work property-reset:xid name=xid',
                'work domain-shutdown',
            ],
            ['work begins to end', 'work, work ends, work has ended'],
        ],
        [
            'a pause does not count, its end does',
            [
                'work domain-pre-paused',
                'work domain-paused',
                'work domain-pre-unpaused',
                'work domain-unpaused',
            ],
            ['work'],
        ],
        [
            'a netvm that is to be set is none that is set',
            [
                'work property-pre-set:netvm name=netvm newvalue=sys-a oldvalue=sys-b',
                'work domain-qdb-create',
                'sys-a net-domain-connect vm=work',
                'work property-set:netvm name=netvm newvalue=sys-a oldvalue=sys-b',
            ],
            ['sys-a and work, plugged into sys-a', 'work'],
        ],
        [
            'a netvm that fails to be set is nothing',
            [
                'work property-pre-set:netvm name=netvm newvalue=sys-a oldvalue=sys-b',
            ],
            [],
        ],
        [
            'a netvm named None is a value like any other',
            ['work property-set:netvm name=netvm newvalue=None oldvalue=sys-b'],
            ['work'],
        ],
        [
            'a netvm that goes back to the default counts',
            [
                'work property-pre-reset:netvm name=netvm oldvalue=None',
                'work property-pre-del:netvm name=netvm oldvalue=None',
                'work property-reset:netvm name=netvm oldvalue=None',
                'work property-del:netvm name=netvm oldvalue=None',
            ],
            ['work'],
        ],
        [
            'an address that is set or taken back counts',
            [
                'work property-pre-set:ip name=ip newvalue=10.9.9.9',
                'work property-reset:visible_ip name=visible_ip',
                'work property-set:ip name=ip newvalue=10.9.9.9',
                'work property-pre-reset:ip name=ip',
                'work property-reset:ip name=ip',
            ],
            ['work', 'work', 'work'],
        ],
        [
            "a netvm's address is that of its clients' gateway",
            [
                'sys-a property-reset:gateway name=gateway',
                'work property-reset:visible_gateway name=visible_gateway',
                'sys-a property-set:ip name=ip newvalue=10.9.9.9',
            ],
            ['sys-a', 'work', 'sys-a'],
        ],
        [
            'providing network counts, on and off',
            [
                'sys-a property-pre-set:provides_network name=provides_network newvalue=True',
                'sys-a property-reset:icon name=icon',
                'sys-a property-set:provides_network name=provides_network newvalue=True',
            ],
            ['sys-a'],
        ],
        [
            'tags count, added and removed',
            [
                'work domain-tag-add:secret tag=secret',
                'work domain-tag-delete:secret tag=secret',
            ],
            ['work', 'work'],
        ],
        [
            'features count that others inherit',
            [
                'sys-a domain-feature-pre-set:ipv6 feature=ipv6 value=1',
                'sys-a domain-feature-set:ipv6 feature=ipv6 value=1',
                'work domain-feature-delete:net.fake-gateway feature=net.fake-gateway',
                'work domain-feature-set:service.x feature=service.x value=1',
            ],
            ['everything', 'everything'],
        ],
        [
            'the rest does not count',
            [
                'work firewall-changed',
                'work property-set:label name=label newvalue=red',
                'work domain-create-on-disk',
                'dom0 device-list-change:block',
                'not/a/name domain-start',
            ],
            [],
        ],
    ])('%s', (_, lines, expected) => {
        expect(reactions(lines)).toEqual(expected);
    });
});

describe('of the system', () => {
    test.each<[string, readonly string[], readonly string[]]>([
        [
            'all is out of date when a connection begins',
            ['- connection-established'],
            ['everything, after a gap'],
        ],
        [
            'another default netvm may be any qube’s',
            [
                '- property-pre-set:default_netvm name=default_netvm',
                '- property-set:default_netvm name=default_netvm newvalue=sys-a',
            ],
            ['everything'],
        ],
        [
            'a qube comes, and goes for good',
            [
                '- domain-add vm=new',
                '- domain-pre-delete vm=new',
                '- domain-delete vm=new',
            ],
            ['new', 'new, new ends, new is removed'],
        ],
        [
            'what names no qube is nothing',
            ['- domain-add vm=', '- domain-delete', '- domain-add vm=../x'],
            [],
        ],
    ])('%s', (_, lines, expected) => {
        expect(reactions(lines)).toEqual(expected);
    });
});

// Each command of the captured sessions, and what is looked at for it.
describe('the captured stream', () => {
    const bytes = readFileSync(
        new URL('../golden/events/stream.bin', import.meta.url),
    );
    const cut = cutEvents(bytes);
    const events = cut.ok ? cut.value.events : [];

    test('is a reason to look at these, in this order', () => {
        const texts = events
            .map((each) => textOf(reactTo(each)))
            .filter((text, at, all) => text !== '' && text !== all[at - 1])
            .map((text) => text.replace(/\bdisp[0-9]+/g, 'dispN'));
        expect(texts).toMatchInlineSnapshot(`
          [
            "everything, after a gap",
            "banking begins",
            "banking",
            "banking",
            "banking, banking ends",
            "banking",
            "personal",
            "personal",
            "personal",
            "sys-firewall and banking, plugged into sys-firewall",
            "banking",
            "banking",
            "sys-filter and banking, plugged into sys-filter",
            "banking",
            "sys-filter and banking, plugged into sys-filter",
            "banking",
            "fedora-41",
            "personal",
            "everything",
            "fedora-41",
            "personal",
            "everything",
            "banking",
            "banking begins to end",
            "banking, banking ends, banking has ended",
            "banking begins",
            "banking",
            "banking",
            "banking, banking ends",
            "banking, banking ends, banking has ended",
            "newvm",
            "newvm begins",
            "newvm",
            "newvm",
            "newvm, newvm ends",
            "newvm, newvm ends, newvm has ended",
            "newvm2",
            "newvm2, newvm2 ends, newvm2 is removed",
            "newvm, newvm ends, newvm is removed",
            "vault, vault ends",
            "dispN",
            "dispN",
            "dispN begins",
            "dispN",
            "dispN",
            "dispN, dispN ends",
            "dispN, dispN ends, dispN has ended",
            "dispN, dispN ends, dispN is removed",
          ]
        `);
    });
});
