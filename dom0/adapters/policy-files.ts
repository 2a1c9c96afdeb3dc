// dom0's qrexec policy, in the order in which it counts (qubes-core-qrexec
// qrexec/policy/parser.py, FilePolicy).
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isErrno, isMissing } from '../../shared/io/errno.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Policy, PolicyFile } from '../core/doctor/policy.ts';
import type { Paths } from '../paths.ts';
import type { Qrexec } from './qrexec.ts';

/** All of them, or why one cannot be read. */
export type ReadPolicy = () => Promise<Result<Policy, string>>;

/** Of the directories together, by the names of the files. */
export function policyReader(
    { policy, legacyPolicy }: Pick<Paths, 'policy' | 'legacyPolicy'>,
    { isDom0 }: Qrexec,
): ReadPolicy {
    return async () => {
        if (!isDom0) {
            return err('it is in dom0, and cannot be read from here');
        }
        try {
            const found = await Promise.all(
                policy.map((each) => filesIn(each, policyName)),
            );
            const paths = found.flat().sort(byName);
            return ok({
                files: await Promise.all(paths.map(read)),
                legacy: await filesIn(legacyPolicy, legacyName),
            });
        } catch (error) {
            if (isErrno(error)) {
                return err(`dom0's policy cannot be read: ${error.message}`);
            }
            throw error;
        }
    };
}

/** Names that qrexec takes; it refuses all calls for one that it does not. */
const policyName = /^[0-9a-z_-][0-9a-z_.-]*\.policy$/;

/** Those of `!compat-4.0` about our service (parser_compat.py there). */
const legacyName = /^qubes\.FilterProxy(\+[A-Za-z0-9+._-]*)?$/;

async function filesIn(directory: string, kind: RegExp): Promise<string[]> {
    try {
        const names = await readdir(directory);
        return names
            .filter((name) => kind.test(name))
            .map((name) => join(directory, name));
    } catch (error) {
        if (isMissing(error)) {
            return [];
        }
        throw error;
    }
}

function byName(one: string, other: string): number {
    return basename(one) < basename(other) ? -1 : 1;
}

async function read(path: string): Promise<PolicyFile> {
    return { path, untrusted_text: await readFile(path, 'utf8') };
}
