// /etc/qubes/rpc-config/SERVICE: qrexec's own small subset of TOML
// (qubes-core-qrexec 4.3.12 qubes-rpc-config/README, libqrexec/toml.c).
import { readFileSync } from 'node:fs';

const directories = [
    '/run/qubes/rpc-config',
    '/usr/local/etc/qubes/rpc-config',
    '/etc/qubes/rpc-config',
];

export interface RpcConfig {
    readonly forceUser: string | null;
    readonly skipServiceDescriptor: boolean;
}

/** Null when the file is malformed: then the call fails. */
export function readRpcConfig(descriptor: string, name: string) {
    for (const file of [descriptor, name]) {
        for (const directory of directories) {
            const text = textOf(`${directory}/${file}`);
            if (text !== null) {
                return parseRpcConfig(text);
            }
        }
    }
    return parseRpcConfig('');
}

function textOf(path: string): string | null {
    try {
        return readFileSync(path, 'utf8');
    } catch {
        return null;
    }
}

export function parseRpcConfig(text: string): RpcConfig | null {
    const values = new Map<string, string>();
    for (const line of text.split('\n')) {
        if (line === '' || line.startsWith('#')) {
            continue;
        }
        const match = /^([\w-]+)\s*=\s*('[^']*'|true|false|\d+)\s*$/.exec(line);
        const [, key, value] = match ?? [];
        if (key === undefined || value === undefined || values.has(key)) {
            return null;
        }
        values.set(key, value);
    }
    const user = values.get('force-user');
    if (user !== undefined && !user.startsWith("'")) {
        return null;
    }
    return {
        forceUser: user?.slice(1, -1) ?? null,
        skipServiceDescriptor: values.get('skip-service-descriptor') === 'true',
    };
}
