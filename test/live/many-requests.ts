// Many requests that no well-behaved program sends, at a time: see
// raw-request.ts for one.
import { sysFilter } from './agent.ts';
import { bed } from './bed.ts';

/** Sends each part a moment after the one before; all that came back. */
const program = `
import concurrent.futures, json, socket, sys, time

def connected():
    # A port of ours may still be known as that of a connection to a proxy
    # which was ended.
    for _ in range(9):
        try:
            return socket.create_connection((sys.argv[1], 8100), 5)
        except ConnectionRefusedError:
            pass
    return socket.create_connection((sys.argv[1], 8100), 5)

def ask(parts):
    answer = b""
    with connected() as one:
        try:
            for part in parts:
                one.sendall(part.encode("latin-1"))
                one.settimeout(0.5 if part is not parts[-1] else 2.5)
                try:
                    while data := one.recv(65536):
                        answer += data
                except TimeoutError:
                    pass
        except OSError:
            pass
    return answer[:2000].decode("latin-1")

with concurrent.futures.ThreadPoolExecutor(32) as pool:
    print(json.dumps(list(pool.map(ask, json.load(sys.stdin)))))
`;

export interface Answered {
    readonly request: string;
    /** Of the first answer; 0 without any. */
    readonly status: number;
    readonly text: string;
}

/** A request, or its parts, as Latin-1; for a title they are joined. */
export type Sent = string | readonly string[];

export async function sendMany(
    qube: string,
    requests: readonly Sent[],
): Promise<Answered[]> {
    const parts = requests.map((each) =>
        typeof each === 'string' ? [each] : each,
    );
    const command = ['qube', qube, 'python3', '-c', program, sysFilter];
    const { stdout, stderr } = await bed.run(command, {
        input: JSON.stringify(parts),
        timeoutMs: 60_000,
    });
    if (stdout === '') {
        throw new Error(stderr);
    }
    return (JSON.parse(stdout) as string[]).map((text, index) => ({
        request: parts[index]?.join('|') ?? '',
        status: Number(/^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1] ?? 0),
        text,
    }));
}
