import type { Qube, System } from '../core/qube.ts';
import { ruleOwnerName } from '../core/qube.ts';
import { Failure } from '../failure.ts';
import { UsageError } from './usage-error.ts';

/** A qube that has a rule file of its own. */
export function expectOwner(qube: Qube): Qube {
    const owner = ruleOwnerName(qube);
    if (owner !== qube.name) {
        throw new Failure(
            `${qube.name} is a disposable: it has the rules of ${owner}, as ` +
                'all disposables of that have; name that instead',
        );
    }
    return qube;
}

/**
 * The qube whose rule file is meant. A disposable's rules are those of its
 * disposable template, and so of all disposables of that: whoever changes
 * them has to say that he knows.
 */
export function chooseOwner(
    system: System,
    qube: Qube,
    isTemplateMeant: boolean,
): Qube {
    const name = ruleOwnerName(qube);
    if (name === qube.name) {
        if (isTemplateMeant) {
            throw new UsageError(
                `--template is for disposables, and ${qube.name} is none`,
            );
        }
        return qube;
    }
    if (!isTemplateMeant) {
        throw new Failure(
            `${qube.name} is a disposable: it has the rules of ${name}, ` +
                'as all disposables of that have; to change them add ' +
                '--template',
        );
    }
    const owner = system.get(name);
    if (owner === undefined) {
        throw new Failure(`${name}, the template of ${qube.name}, is missing`);
    }
    return owner;
}
