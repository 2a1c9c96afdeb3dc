// Whom this ProxyVM obeys.
import { readFile } from 'node:fs/promises';
import { parseQubeName } from '../shared/domain/qube-name.ts';
import { AgentFailure } from './failure.ts';
import { orIfMissing } from './observe/files.ts';
import { paths } from './paths.ts';

/**
 * The one caller that is obeyed: `admin=NAME` in the settings file, `dom0`
 * without a file. qrexec's policy is the first lock, this is the second.
 */
export async function readAdmin(): Promise<string> {
    const text = await orIfMissing(readFile(paths.settings, 'utf8'), '');
    const lines = text.split('\n').filter((line) => /^[^#\s]/.test(line));
    const [first, ...rest] = lines;
    if (first === undefined) {
        return 'dom0';
    }
    const name = /^admin=(.*)$/.exec(first)?.[1];
    if (rest.length > 0 || name === undefined || !isCaller(name)) {
        throw new AgentFailure(
            'unfit',
            `${paths.settings}: one line admin=QUBE is expected`,
        );
    }
    return name;
}

function isCaller(name: string): boolean {
    return name === 'dom0' || parseQubeName(name).ok;
}
