// The tinyproxy programs that tests run on: the testbed's own, and those that
// FILTERPROXY_TINYPROXIES names by path, separated by colons.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { stop } from './agent.ts';
import { bed } from './bed.ts';
import { inProxyvm } from './proxyvm.ts';

const program = '/usr/bin/tinyproxy';
/** Below /run: it goes with the qube's root, and so with what it is for. */
const kept = '/run/tinyproxy-of-the-testbed';

const own = `the testbed's ${program}`;

export const tinyproxies: readonly string[] = [
    ...(process.env['FILTERPROXY_TINYPROXIES'] ?? '')
        .split(':')
        .filter((path) => path !== ''),
    own,
];

/** Ends all proxies, then puts that program in tinyproxy's place. */
export async function useTinyproxy(which: string): Promise<void> {
    await restoreTinyproxy();
    if (which !== own) {
        await replaceTinyproxy(await readFile(which));
    }
}

/**
 * Puts these bytes in tinyproxy's place; without any, nothing is there. The
 * proxies that run go on with what they are.
 */
export async function replaceTinyproxy(
    content: string | Uint8Array | null,
): Promise<void> {
    await inSysFilter(`[ -e ${kept} ] || cp -a ${program} ${kept}`);
    await (content === null
        ? inSysFilter(`rm ${program}`)
        : inSysFilter(
              `cat >${program}.new && chmod 755 ${program}.new &&` +
                  ` mv ${program}.new ${program}`,
              content,
          ));
}

/** Puts the testbed's own back and ends all proxies. */
export async function restoreTinyproxy(): Promise<void> {
    await inSysFilter(
        `[ ! -e ${kept} ] || { cp -a ${kept} ${program}.new &&` +
            ` mv ${program}.new ${program}; }`,
    );
    await stop();
}

async function inSysFilter(
    script: string,
    input: string | Uint8Array = '',
): Promise<void> {
    await bed.must(['qube', 'sys-filter', 'sh', '-c', script], { input });
}

/** What it says of itself: more than its number if it is no release. */
export async function tinyproxyVersion(): Promise<string> {
    return (await inProxyvm('tinyproxy -v')).trim();
}

/** SHA-256 of that program, once it is in tinyproxy's place. */
export async function digestOf(which: string): Promise<string> {
    return which === own
        ? digestInProxyvm(program)
        : createHash('sha256')
              .update(await readFile(which))
              .digest('hex');
}

/** SHA-256 of a file in sys-filter. */
export async function digestInProxyvm(path: string): Promise<string> {
    return (await inProxyvm(`sha256sum ${path}`)).split(' ')[0] ?? '';
}
