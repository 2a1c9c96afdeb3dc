// Whether resolvers answer, asked over UDP as a proxy asks them.
import { createSocket } from 'node:dgram';
import { isGoodReply, rootQuestion } from '../core/resolver-question.ts';

/** Milliseconds: the C library waits for 5 seconds (resolv.conf(5)). */
const waitMs = 4000;
/** A question or its answer may get lost. */
const againMs = 1500;

/** Those of these addresses that answer a question, in time and in order. */
export async function answeringResolvers(
    addresses: readonly string[],
): Promise<ReadonlySet<string>> {
    const answers = await Promise.all(addresses.map(doesAnswer));
    return new Set(addresses.filter((_, index) => answers[index]));
}

function doesAnswer(address: string): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
        const [id = 0] = crypto.getRandomValues(new Uint16Array(1));
        const ask = () => {
            socket.send(rootQuestion(id), ignore);
        };
        let repeat: NodeJS.Timeout | undefined;
        const end = (isAnswered: boolean) => {
            clearInterval(repeat);
            clearTimeout(timer);
            socket.close();
            resolve(isAnswered);
        };
        const timer = setTimeout(() => end(false), waitMs);
        socket.on('error', ignore);
        socket.on('message', (untrusted_bytes) => {
            if (isGoodReply(untrusted_bytes, id)) {
                end(true);
            }
        });
        socket.once('connect', () => {
            ask();
            repeat = setInterval(ask, againMs);
        });
        socket.connect(53, address);
    });
}

/**
 * Where nobody listens, or no way leads, the kernel says so. That is no answer
 * either, and the next question may have one.
 */
function ignore(): void {}
