import { expect, test } from 'vitest';
import { isForbidden, parseConnections } from './forbidden.ts';

const addresses = new Map([['git.test', ['93.184.0.7']]]);
const resolve = async (name: string) => addresses.get(name) ?? [];
const resolvers = ['10.139.1.1'];

function connection(proto: string, destination: string, port: number) {
    return { proto, destination, port: String(port) };
}

async function forbidden(rules: string[], ...to: [string, string, number]) {
    return isForbidden(rules, connection(...to), resolvers, resolve);
}

/** As conntrack -L of the netvm of a qube 10.137.0.9 lists them. */
const listing = `tcp      6 431999 ESTABLISHED src=10.137.0.9 dst=10.137.0.4 sport=40 dport=8100 src=10.137.0.4 dst=10.137.0.9 sport=9000 dport=40 [ASSURED] mark=0 use=1
tcp      6 431999 ESTABLISHED src=10.137.0.9 dst=10.137.0.4 sport=41 dport=8100 src=10.137.0.4 dst=10.137.0.9 sport=9000 dport=41 [ASSURED] mark=0 use=1
icmp     1 29 src=10.137.0.9 dst=1.1.1.1 type=8 code=0 id=1 src=1.1.1.1 dst=10.137.0.9 type=0 code=0 id=1 mark=0 use=1
udp      17 29 src=10.137.0.9 dst=10.139.1.1 sport=5 dport=53 [UNREPLIED] src=10.139.1.1 dst=10.137.0.9 sport=53 dport=5 mark=0 use=1
`;

test('what has ports is read from a listing, each destination once', () => {
    expect(parseConnections(listing)).toEqual([
        connection('tcp', '10.137.0.4', 8100),
        connection('udp', '10.139.1.1', 53),
    ]);
});

test('the first rule that speaks of a connection decides', async () => {
    const rules = ['action=drop dst4=10.0.0.0/8', 'action=accept'];
    expect(await forbidden(rules, 'tcp', '10.137.0.4', 8100)).toBe(true);
    expect(await forbidden(rules, 'tcp', '11.0.0.1', 8100)).toBe(false);
});

test('none that speaks of it forbids it: so of a locked qube, its proxy', async () => {
    const none = ['action=drop'];
    expect(await forbidden([], 'tcp', '10.137.0.4', 8100)).toBe(true);
    expect(await forbidden(none, 'tcp', '10.137.0.4', 8100)).toBe(true);
});

test('ports are compared as words', async () => {
    const rules = ['action=accept proto=tcp dstports=80-443'];
    expect(await forbidden(rules, 'tcp', '1.1.1.1', 443)).toBe(true);
});

test('a rule speaks of its protocol, ports, host and family only', async () => {
    const ports = ['action=accept proto=tcp dstports=443-445'];
    expect(await forbidden(ports, 'tcp', '1.1.1.1', 444)).toBe(false);
    expect(await forbidden(ports, 'tcp', '1.1.1.1', 446)).toBe(true);
    expect(await forbidden(ports, 'udp', '1.1.1.1', 444)).toBe(true);
    const host = ['action=accept dsthost=git.test'];
    expect(await forbidden(host, 'tcp', '93.184.0.7', 22)).toBe(false);
    expect(await forbidden(host, 'tcp', '93.184.0.8', 22)).toBe(true);
    const six = ['action=accept dst6=2001:db8::/32'];
    expect(await forbidden(six, 'tcp', '2001:db8::1', 22)).toBe(false);
    expect(await forbidden(six, 'tcp', '93.184.0.7', 22)).toBe(true);
    const dns = ['action=accept specialtarget=dns'];
    expect(await forbidden(dns, 'udp', '10.139.1.1', 53)).toBe(false);
    expect(await forbidden(dns, 'udp', '10.139.1.3', 53)).toBe(true);
});
