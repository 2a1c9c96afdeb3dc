import { readFileSync } from 'node:fs';
import { parseSettings, type Settings } from './core/settings.ts';
import { AgentFailure } from './failure.ts';
import { orIfMissing } from './observe/files.ts';
import { paths } from './paths.ts';

/** Fails with `unfit` when the file is not understood, whoever calls. */
export function readSettings(): Settings {
    const text = orIfMissing(() => readFileSync(paths.settings, 'utf8'), '');
    const settings = parseSettings(text);
    if (!settings.ok) {
        const message = `${paths.settings}: ${settings.error}`;
        throw new AgentFailure('unfit', message);
    }
    return settings.value;
}
