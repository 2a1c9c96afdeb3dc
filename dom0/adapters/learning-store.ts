// Who learns, kept in dom0's file system: no restart of a program of ours
// makes it longer, or loses who it was.
import {
    type Learning,
    learningFile,
    maxLearningBytes,
    nobodyLearns,
    parseLearning,
    renderLearning,
} from '../core/learning.ts';
import type { ConfigDirectory } from './config-directory.ts';
import { type ConfigValue, configValue } from './config-value.ts';

export type LearningStore = ConfigValue<Learning>;

export function learningStore(config: ConfigDirectory): LearningStore {
    return configValue(config, {
        file: learningFile,
        maxBytes: maxLearningBytes,
        missing: nobodyLearns,
        parse: parseLearning,
        render: renderLearning,
    });
}
