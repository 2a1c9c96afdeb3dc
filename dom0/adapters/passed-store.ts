// The latest time of a rule that has passed, kept over every restart.
import {
    maxPassedBytes,
    parsePassed,
    passedFile,
    renderPassed,
} from '../core/passed.ts';
import type { ConfigDirectory } from './config-directory.ts';
import { type ConfigValue, configValue } from './config-value.ts';

/** In seconds since 1970. */
export type PassedStore = ConfigValue<number>;

export function passedStore(config: ConfigDirectory): PassedStore {
    return configValue(config, {
        file: passedFile,
        maxBytes: maxPassedBytes,
        missing: 0,
        parse: parsePassed,
        render: renderPassed,
    });
}
