// qubesd as a tool sees it: replies, or exceptions by their Python class.

import { type AdminError, adminCall } from '../admin-client.ts';

/** An exception of qubesadmin; uncaught it ends a tool with a traceback. */
export class ApiError extends Error {
    readonly type: string;

    constructor({ type, message }: AdminError) {
        super(message);
        this.type = type;
    }

    /** What the tools catch; a ProtocolError is none. */
    get isQubesException(): boolean {
        return !['ProtocolError', 'PermissionDenied'].includes(this.type);
    }
}

export interface ListedQube {
    readonly name: string;
    readonly klass: string;
    readonly state: string;
}

export interface PropertyState {
    readonly isDefault: boolean;
    readonly type: string;
    /** As on the wire: empty for none. */
    readonly text: string;
}

export class Api {
    private readonly socketPath: string;

    constructor(socketPath: string) {
        this.socketPath = socketPath;
    }

    async call(
        method: string,
        dest: string,
        arg?: string,
        payload?: string,
    ): Promise<string> {
        const path = this.socketPath;
        const reply = await adminCall(path, method, dest, arg, payload);
        if (!reply.ok) {
            throw new ApiError(reply.error);
        }
        return reply.value;
    }

    /** By name, as the tools sort them. */
    async list(): Promise<ListedQube[]> {
        const reply = await this.call('admin.vm.List', 'dom0');
        const qubes = linesOf(reply).map((line) => {
            const [name = '', ...words] = line.split(' ');
            const values = new Map(
                words.map((word) => word.split('=') as [string, string]),
            );
            return {
                name,
                klass: values.get('class') ?? '',
                state: values.get('state') ?? '',
            };
        });
        return qubes.sort((a, b) => (a.name < b.name ? -1 : 1));
    }

    /** In the order of the reply. */
    async properties(
        method: 'admin.vm.property' | 'admin.property',
        dest: string,
    ): Promise<Map<string, PropertyState>> {
        const reply = await this.call(`${method}.GetAll`, dest);
        return new Map(
            linesOf(reply).map((line) => {
                const [name = '', ...rest] = unescaped(line).split(' ');
                return [name, parseProperty(rest.join(' '))];
            }),
        );
    }
}

/** `default=True type=str VALUE` */
export function parseProperty(reply: string): PropertyState {
    const [isDefault, type = '', ...text] = reply.split(' ');
    return {
        isDefault: isDefault === 'default=True',
        type: type.slice('type='.length),
        text: text.join(' '),
    };
}

export function linesOf(reply: string): string[] {
    return reply.split('\n').filter((line) => line !== '');
}

function unescaped(line: string): string {
    return line.replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char));
}
