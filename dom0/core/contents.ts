import { ruleFilePath } from './config-file.ts';
import type { AllFiles } from './effective-rules.ts';
import { byPath, type FileContent } from './shared-files.ts';

/** All rule files, by their paths below /etc/qubes/filterproxy. */
export function contentsIn({
    files,
    shared,
}: Pick<AllFiles, 'files' | 'shared'>): [string, FileContent][] {
    return [
        ...[...files].map(([name, { content }]): [string, FileContent] => [
            ruleFilePath(name),
            content,
        ]),
        ...byPath(shared),
    ];
}
