// A DNS server (RFC 1035) for the names of zone.ts, over UDP and TCP.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { lookUp } from './zone.ts';

const types = { a: 1, aaaa: 28, any: 255 } as const;
const codes = { noError: 0, nameError: 3 } as const;
const headerLength = 12;

export function serveDns(address: string): void {
    const udp = createSocket('udp4');
    udp.on('message', (query, from) => {
        void answer(query).then((reply) => {
            if (reply !== null) {
                udp.send(reply, from.port, from.address);
            }
        });
    });
    udp.bind(53, address);

    const tcp = createServer((socket) => {
        let received = Buffer.alloc(0);
        socket.on('error', () => socket.destroy());
        socket.on('data', (chunk) => {
            received = Buffer.concat([received, chunk]);
            const end = received.length < 2 ? 2 : 2 + received.readUInt16BE(0);
            if (received.length < end) {
                return;
            }
            const query = received.subarray(2, end);
            received = received.subarray(end);
            void answer(query).then((reply) => {
                if (reply !== null) {
                    const length = Buffer.alloc(2);
                    length.writeUInt16BE(reply.length);
                    socket.write(Buffer.concat([length, reply]));
                }
            });
        });
    });
    tcp.listen(53, address);
}

interface Question {
    readonly name: string;
    readonly type: number;
    /** As it stands in the query. */
    readonly bytes: Buffer;
}

async function answer(query: Buffer): Promise<Buffer | null> {
    const question = parseQuestion(query);
    if (question === null) {
        return null;
    }
    const records: Buffer[] = [];
    let exists = true;
    for (const family of [4, 6] as const) {
        const addresses = await lookUp(question.name, family);
        exists &&= addresses !== null;
        const type = family === 4 ? types.a : types.aaaa;
        if (question.type === type || question.type === types.any) {
            for (const address of addresses ?? []) {
                records.push(record(type, address));
            }
        }
    }
    const header = Buffer.alloc(headerLength);
    query.copy(header, 0, 0, 2);
    // A response, recursion as desired and available.
    const desired = query.readUInt16BE(2) & 0x0100;
    const code = exists ? codes.noError : codes.nameError;
    header.writeUInt16BE(0x8080 | desired | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    return Buffer.concat([header, question.bytes, ...records]);
}

/** Takes any bytes in a name; null for what is no query. */
function parseQuestion(query: Buffer): Question | null {
    if (query.length < headerLength || query.readUInt16BE(4) !== 1) {
        return null;
    }
    const labels: string[] = [];
    let at = headerLength;
    for (;;) {
        const length = query[at];
        if (length === undefined || length > 63) {
            return null;
        }
        at += 1;
        if (length === 0) {
            break;
        }
        labels.push(query.toString('latin1', at, at + length));
        at += length;
    }
    if (query.length < at + 4) {
        return null;
    }
    return {
        name: labels.join('.'),
        type: query.readUInt16BE(at),
        bytes: query.subarray(headerLength, at + 4),
    };
}

/** A record of the question's name (a pointer), not to be cached. */
function record(type: number, address: string): Buffer {
    const data = type === types.a ? ip4Bytes(address) : ip6Bytes(address);
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0xc000 | headerLength, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt32BE(0, 6);
    head.writeUInt16BE(data.length, 10);
    return Buffer.concat([head, data]);
}

function ip4Bytes(address: string): Buffer {
    return Buffer.from(address.split('.').map(Number));
}

function ip6Bytes(address: string): Buffer {
    const [left = '', right = ''] = withoutDots(address).split('::');
    const groups = (half: string) => (half === '' ? [] : half.split(':'));
    const [head, tail] = [groups(left), groups(right)];
    const zeros = '0'.repeat(8 - head.length - tail.length).split('');
    const bytes = Buffer.alloc(16);
    [...head, ...zeros, ...tail].forEach((group, index) => {
        bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * index);
    });
    return bytes;
}

/** The last two groups may be written as an IPv4 address. */
function withoutDots(address: string): string {
    return address.replace(/[0-9.]+\.[0-9]+$/, (dotted) => {
        const [first = '', last = ''] =
            ip4Bytes(dotted).toString('hex').match(/.{4}/g) ?? [];
        return `${first}:${last}`;
    });
}
