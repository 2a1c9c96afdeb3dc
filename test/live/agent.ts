// Calls of the agent as dom0 makes them, with documents made by hand: the
// agent's own doors are tested without dom0's side.
import type { Answer, Verb } from '../../shared/protocol/answer.ts';
import { filterOfHosts } from '../filters.ts';
import { bed } from './bed.ts';
import { issuedNow } from './issued.ts';

export const sysFilter = '10.137.0.4';
export const sysFilter6 = 'fd09:24ef:4179::a89:4';
export const gateway = `${sysFilter}:8100`;
export const gateway6 = `[${sysFilter6}]:8100`;

/** Each port at both addresses of the ProxyVM, in order. */
export function addressesWith(ports: readonly number[]): string[] {
    return ports
        .flatMap((port) => [`${sysFilter}:${port}`, `[${sysFilter6}]:${port}`])
        .sort();
}

export interface ClientOptions {
    readonly hosts: readonly string[];
    readonly change?: object;
}

/** A client as dom0 would describe that running qube now. */
export async function clientOf(qube: string, options: ClientOptions) {
    const listed = await bed.dom0(
        'qvm-ls',
        '--raw-data',
        '--fields',
        'uuid,xid,ip,visible_gateway,ip6,visible_gateway6',
        qube,
    );
    const [uuid, xid, ip, gateway4, ip6, gateway6] = listed.stdout
        .trim()
        .split('|');
    return {
        name: qube,
        uuid,
        xid: Number(xid),
        stubdomXid: null,
        ranBefore: [],
        ip4: { client: ip, gateway: gateway4 },
        ip6: ip6 === '-' ? null : { client: ip6, gateway: gateway6 },
        filter: filterOfHosts(options.hosts),
        deadlines: [],
        narrowing: 'end',
        ...options.change,
    };
}

export interface Called {
    readonly answer: Answer;
    readonly exitCode: number | undefined;
}

/** One call over qrexec with these bytes on stdin. */
export async function callAgent(
    verb: Verb | string,
    input: string | Uint8Array,
    proxyvm = 'sys-filter',
): Promise<Called> {
    const result = await bed.run(
        [
            'dom0',
            'qrexec-client',
            '-d',
            proxyvm,
            `root:QUBESRPC qubes.FilterProxy+${verb} dom0`,
        ],
        { input },
    );
    if (result.stdout === '') {
        throw new Error(`no answer: exit ${result.exitCode}: ${result.stderr}`);
    }
    return { answer: JSON.parse(result.stdout), exitCode: result.exitCode };
}

export function document(clients: readonly object[]): string {
    return JSON.stringify({ version: 1, issued: issuedNow(), clients });
}

/** Applies, and fails the test if the agent does not say it is in force. */
export async function apply(
    clients: readonly object[],
    proxyvm = 'sys-filter',
): Promise<Answer> {
    const { answer } = await callAgent('apply', document(clients), proxyvm);
    if (answer.error !== null) {
        throw new Error(`${answer.error.code}: ${answer.error.message}`);
    }
    return answer;
}

export async function stop(proxyvm = 'sys-filter'): Promise<void> {
    const input = JSON.stringify({ version: 1, issued: issuedNow() });
    const { answer } = await callAgent('stop', input, proxyvm);
    if (answer.error !== null) {
        throw new Error(`${answer.error.code}: ${answer.error.message}`);
    }
}
