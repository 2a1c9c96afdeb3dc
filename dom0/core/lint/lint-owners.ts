// Files whose qube there is not.
import { shownConfig } from '../../paths.ts';
import { proxyFilePath, ruleFilePath } from '../config-file.ts';
import type { AllFiles } from '../effective-rules.ts';
import { wholeFile } from '../file-problem.ts';
import { orphans } from '../notices.ts';
import { ruleOwnerName, type System } from '../qube.ts';
import { hasRules, isForeign } from '../rule-files.ts';
import { type Finding, finding } from './finding.ts';

interface Input extends AllFiles {
    readonly system: System;
}

/** Rule files of no qube that could use them, and settings of no ProxyVM. */
export function filesWithoutQube({ files, shared, system }: Input): Finding[] {
    const ofDisposables = [...files].flatMap(([name, file]) => {
        const qube = system.get(name);
        const owner = qube && ruleOwnerName(qube);
        const message = `not in force: ${name} has the rules of ${owner}`;
        return hasRules(file) && qube !== undefined && owner !== name
            ? [wholeFile(ruleFilePath(name), message)]
            : [];
    });
    const ofEarlier = [...files]
        .filter(
            ([name, file]) => system.has(name) && isForeign(file, name, system),
        )
        .map(([name]) => {
            const message = `not in force: written for an earlier qube ${name}`;
            const todo = [`to use it: qvm-filterproxy restore ${name}`];
            const problem = wholeFile(ruleFilePath(name), message);
            return finding('no-qube', problem, {
                fix: { kind: 'advice', todo },
            });
        });
    const ofProxyvms = [...shared.proxies.keys()]
        .filter((name) => !system.has(name))
        .map((name) => {
            const message = `not in force: there is no qube '${name}'`;
            return wholeFile(proxyFilePath(name), message);
        });
    const gone = [...orphans(files, system), ...ofDisposables, ...ofProxyvms];
    return [
        ...ofEarlier,
        ...gone.map((problem) => {
            const path = `${shownConfig}/${problem.file}`;
            const todo = [`to remove the file: rm ${path}`];
            return finding('no-qube', problem, {
                fix: { kind: 'advice', todo },
            });
        }),
    ];
}
