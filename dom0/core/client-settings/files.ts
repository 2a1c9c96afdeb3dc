// The files that make programs in a qube use its proxy. Each is one that only
// we write, so that what the user has set stays what it is. JSON has no
// comments: Firefox and Chromium name an entry that they do not know, and
// take the others.
import {
    localAddress,
    localHost,
    localPort,
    markLine,
    notProxied,
} from './address.ts';
import { forwarderFiles } from './forwarder.ts';

export interface SettingsFile {
    readonly path: string;
    /** Whose it is, for people. */
    readonly reader: string;
    /** A directory without which nobody would read the file. */
    readonly needs: string | null;
    /** Where this file is, ours is not. */
    readonly unless: string | null;
    readonly text: string;
}

const url = `http://${localAddress}`;
const own = { needs: null, unless: null };

/**
 * Updates of a qube with this service go to a proxy of Qubes' own, which
 * must stay so (qubes-core-agent-linux network/update-proxy-configs).
 */
const updates = { unless: '/run/qubes-service/updates-proxy-setup' };

const variables = [
    ...['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].map(
        (name) => `${name}=${url}`,
    ),
    ...['no_proxy', 'NO_PROXY'].map(
        (name) => `${name}=${notProxied.join(',')}`,
    ),
];

function lines(...texts: readonly string[]): string {
    return texts.map((text) => `${text}\n`).join('');
}

function json(value: object): string {
    return lines(JSON.stringify(value, null, 4));
}

const chromiumPolicy = json({
    ProxySettings: {
        ProxyMode: 'fixed_servers',
        ProxyServer: localAddress,
        ProxyBypassList: 'localhost;127.0.0.1;[::1]',
    },
    QvmFilterproxy: markLine,
});

const firefoxPolicy = json({
    policies: {
        Proxy: {
            Mode: 'manual',
            HTTPProxy: localAddress,
            UseHTTPProxyForAllProtocols: true,
            Passthrough: notProxied.join(', '),
        },
    },
    QvmFilterproxy: markLine,
});

const name = 'qubes-filterproxy-client';

/** All of them, in the order in which they are written. */
export const settingsFiles: readonly SettingsFile[] = [
    ...forwarderFiles.map((file) => ({ ...file, ...own })),
    {
        ...own,
        path: `/etc/profile.d/${name}.sh`,
        reader: 'programs in a session or a terminal',
        text: lines(
            `# ${markLine}`,
            ...variables.map((variable) => `export ${variable}`),
        ),
    },
    {
        ...own,
        path: `/etc/environment.d/60-${name}.conf`,
        reader: "programs of the user's systemd",
        text: lines(`# ${markLine}`, ...variables),
    },
    {
        ...own,
        path: '/etc/firefox/policies/policies.json',
        reader: 'Firefox',
        text: firefoxPolicy,
    },
    {
        ...own,
        path: `/etc/chromium/policies/managed/${name}.json`,
        reader: 'Chromium',
        text: chromiumPolicy,
    },
    {
        ...own,
        path: `/etc/opt/chrome/policies/managed/${name}.json`,
        reader: 'Google Chrome',
        text: chromiumPolicy,
    },
    {
        ...updates,
        path: `/etc/apt/apt.conf.d/70${name}`,
        reader: 'apt',
        needs: '/etc/apt/apt.conf.d',
        text: lines(
            `// ${markLine}`,
            `Acquire::http::Proxy "${url}/";`,
            `Acquire::https::Proxy "${url}/";`,
        ),
    },
    {
        // dnf5 and, of libdnf 0.75, PackageKit; dnf 4 has no such directory.
        ...updates,
        path: `/etc/dnf/libdnf5.conf.d/70-${name}.conf`,
        reader: 'dnf',
        needs: '/etc/dnf',
        text: lines(`# ${markLine}`, '[main]', `proxy=${url}`),
    },
    {
        ...own,
        path: `/etc/dconf/db/local.d/60-${name}`,
        reader: 'GNOME',
        needs: '/etc/dconf/db/local.d',
        text: lines(
            `# ${markLine}`,
            '[system/proxy]',
            "mode='manual'",
            `ignore-hosts=[${notProxied.map((host) => `'${host}'`).join(', ')}]`,
            ...['http', 'https'].flatMap((scheme) => [
                `[system/proxy/${scheme}]`,
                `host='${localHost}'`,
                `port=${localPort}`,
            ]),
        ),
    },
];
