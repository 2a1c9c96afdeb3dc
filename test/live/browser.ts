// A real browser, headless Chromium, in a client qube, through its proxy.
import { inflateSync } from 'node:zlib';
import { gateway } from './agent.ts';
import { bed } from './bed.ts';

const home = '/tmp/browser';

/** The machine may have no set-up of fonts. */
const fonts = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><cachedir>${home}/fonts</cachedir>
</fontconfig>`;

/** Chromium's words for prefers-color-scheme. */
const schemes = { dark: 0, light: 1 } as const;

export type Scheme = keyof typeof schemes;

export interface Look {
    readonly scheme?: Scheme;
    readonly width?: number;
    readonly height?: number;
}

async function browse(
    qube: string,
    url: string,
    proxy: readonly string[],
    output: readonly string[],
    { scheme = 'light', width = 1280, height = 800 }: Look = {},
): Promise<string> {
    const script =
        `mkdir -p ${home}; printf %s "$1" >${home}/fonts.conf; shift;` +
        ` export HOME=${home} FONTCONFIG_FILE=${home}/fonts.conf; exec "$@"`;
    const { stdout, stderr, exitCode } = await bed.run(
        [
            ...['qube', qube, 'sh', '-lc', script, 'sh', fonts],
            ...['timeout', '60', 'chromium-headless-shell'],
            // It runs as root, in a container.
            ...['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
            `--user-data-dir=${home}/profile`,
            ...proxy,
            `--blink-settings=preferredColorScheme=${schemes[scheme]}`,
            `--window-size=${width},${height}`,
            '--hide-scrollbars',
            '--virtual-time-budget=2000',
            ...output,
            url,
        ],
        { timeoutMs: 90_000 },
    );
    if (exitCode !== 0) {
        throw new Error(`the browser: exit ${exitCode}: ${stderr}`);
    }
    return stdout;
}

const named = [`--proxy-server=http://${gateway}`];

/** The page after its script has run, as HTML. */
export async function domOf(qube: string, url: string): Promise<string> {
    return browse(qube, url, named, ['--dump-dom']);
}

/**
 * The same in a browser that is told nothing of a proxy but by the qube's
 * environment: chromium-headless-shell reads no policies.
 */
export async function plainDomOf(qube: string, url: string): Promise<string> {
    return browse(qube, url, [], ['--dump-dom']);
}

/** A picture of it, as PNG. */
export async function pictureOf(
    qube: string,
    url: string,
    look: Look,
): Promise<Buffer> {
    const path = `${home}/picture.png`;
    await browse(qube, url, named, [`--screenshot=${path}`], look);
    const { stdout } = await bed.qube(qube, 'base64', path);
    return Buffer.from(stdout, 'base64');
}

/**
 * Red, green and blue of the upper left pixel. It is the first of its line, so
 * no filter of the format changes it.
 */
export function firstPixelOf(png: Buffer): number[] {
    const parts: Buffer[] = [];
    for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
        if (png.toString('latin1', at + 4, at + 8) === 'IDAT') {
            parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
        }
    }
    return [...inflateSync(Buffer.concat(parts)).subarray(1, 4)];
}
