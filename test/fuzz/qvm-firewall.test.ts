import { test } from 'vitest';
import { parseFirewall } from '../../dom0/core/firewall.ts';
import { captured } from '../dom0/golden.ts';
import { fuzz } from './fuzz.ts';
import { demand } from './grammar.ts';
import { textInputs } from './text-inputs.ts';

test('rules of qvm-firewall that were tampered with are refused, or say so', () => {
    const corpus = [
        captured('firewall-raw'),
        captured('firewall-raw2'),
        'action=accept dsthost=example.com proto=tcp dstports=443-443\n' +
            'action=drop comment=qvm-filterproxy lock\n',
        'action=accept specialtarget=dns expire=1795405715 comment=a = b\n' +
            'action=accept dst6=fd00::/8 proto=icmp icmptype=8\naction=drop\n',
    ];
    const options = [
        ...['action=accept', 'action=drop', 'action=forward', 'action=allow'],
        ...[' comment=', 'expire=1', 'proto=udp', 'dst4=0.0.0.0/0', '=', '\n'],
    ];
    fuzz({
        line: 'qvm-firewall',
        next: textInputs(20261124, corpus, options),
        parse: (bytes) => parseFirewall(bytes.toString('utf8')),
        check: (rules, bytes) => {
            const lines = bytes.toString('utf8').split('\n');
            demand(lines.pop() === '' && lines.length > 0, 'its end');
            demand(lines.length === rules.length, 'a rule for each line');
            for (const [index, line] of lines.entries()) {
                const rule = rules[index];
                demand(firewallRule.test(line) && rule !== undefined, line);
                const expire = rule.expires ? / expire=\S+/g : /$^/;
                const comment = rule.comment ?? '';
                const again = [`action=${rule.action}`, ...rule.conditions];
                const end = rule.comment === null ? '' : ` comment=${comment}`;
                const head = line.slice(0, line.length - end.length);
                demand(line.endsWith(end), 'the comment');
                demand(head.replace(expire, '') === again.join(' '), line);
            }
        },
    });
});

const firewallRule =
    /^action=(?:accept|drop|forward)(?: [a-z0-9]+=[A-Za-z0-9:;,./_[\]-]+)*(?: comment=[ -~]*)?$/;
