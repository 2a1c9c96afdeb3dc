import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { narrow } from '../../../shared/pattern/index.ts';
import { err, ok } from '../../../shared/result.ts';
import { defaultOf } from '../../core/default.ts';
import { isSettled } from '../../core/judge-situation.ts';
import { unreachableAddress } from '../../core/unreachable.ts';
import type { Deps } from '../../deps.ts';
import { look } from '../../view.ts';
import { chooseOwner } from '../choose-owner.ts';
import { formatSetAside } from '../format/removed.ts';
import { knownRules } from '../known-rules.ts';
import { openWay } from '../open-way.ts';
import type { Output } from '../output.ts';
import { expectClient, parseTypedName } from '../resolve-qube.ts';
import {
    type Added,
    addedJson,
    describeAll,
    type RuleArguments,
    readWanted,
    withRules,
} from '../wanted-rules.ts';
import { allowOnBlockList } from './other-list.ts';
import { changeAndTell } from './rule-change.ts';

/** Adds rules to a qube's file and puts them in force. */
export async function allow(deps: Deps, args: RuleArguments): Promise<Output> {
    const wanted = readWanted(args, narrow);
    const name = parseTypedName(args.qube);
    const view = await look(deps);
    const qube = expectClient(name, view.system.get(name));
    const owner = chooseOwner(view.system, qube, args.template);
    const rules = knownRules(view, owner);
    if (rules.ok && rules.value.default === 'allow') {
        const { patterns } = args;
        return allowOnBlockList({
            owner: owner.name,
            rules: rules.value,
            patterns,
        });
    }
    const changed = await changeAndTell<Added[]>(deps, view, {
        command: 'allow',
        owner,
        isTrial: args.dryRun,
        isVerbose: args.verbose,
        isDraining: false,
        done: 'stored',
        isAsPromised: isSettled,
        edit: (file) =>
            defaultOf(file) === 'deny'
                ? ok(withRules(file, wanted))
                : err(`nothing was changed: ${owner.name} has a block list`),
    });
    const { note, setAside, effect, output } = changed;
    const { around, open } = await openWay(deps, qube, effect);
    const added = describeAll(owner.name, note, args.dryRun);
    return {
        ...output,
        lines: [
            ...added,
            ...formatSetAside(setAside, args.dryRun),
            ...output.lines,
            ...open,
        ],
        warnings: [...output.warnings, ...warnUnreachable(owner.name, note)],
        json: {
            ...output.json,
            rules: note.map(addedJson),
            wayAround: around,
        },
    };
}

function warnUnreachable(owner: QubeName, rules: readonly Added[]): string[] {
    return rules.flatMap(({ expression }) => {
        const address = unreachableAddress(expression);
        return address === null
            ? []
            : [
                  `${owner}: ${address} is no public address; in this version ` +
                      'the proxy never connects there',
              ];
    });
}
