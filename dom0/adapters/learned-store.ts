// What qubes asked for while they learned: a file for each in our run
// directory. Nothing of it is on a disk, and it goes with the boot of dom0.
import type { Uuid } from '../../shared/domain/uuid.ts';
import { type Learned, learnedSchema } from '../core/learned.ts';
import type { RunDirectory } from './run-directory.ts';
import { readRunFile, writeRunFile } from './run-file.ts';

export interface LearnedStore {
    /** Null: nothing of that qube. */
    read(uuid: Uuid): Promise<Learned | null>;
    write(uuid: Uuid, learned: Learned): Promise<void>;
}

export function learnedStore(directory: RunDirectory): LearnedStore {
    const fileOf = (uuid: Uuid) => `${uuid}.learned`;
    return {
        read: (uuid) => readRunFile(directory, fileOf(uuid), learnedSchema),
        write: (uuid, learned) =>
            writeRunFile(directory, fileOf(uuid), learned),
    };
}
