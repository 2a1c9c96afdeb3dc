// Who is stopped, kept in dom0's file system over every restart.
import {
    maxStoppedBytes,
    nobodyStopped,
    parseStopped,
    renderStopped,
    type Stopped,
    stoppedFile,
} from '../core/stopped.ts';
import type { ConfigDirectory } from './config-directory.ts';
import { type ConfigValue, configValue } from './config-value.ts';

export type StoppedStore = ConfigValue<Stopped>;

export function stoppedStore(config: ConfigDirectory): StoppedStore {
    return configValue(config, {
        file: stoppedFile,
        maxBytes: maxStoppedBytes,
        missing: nobodyStopped,
        parse: parseStopped,
        render: renderStopped,
    });
}
