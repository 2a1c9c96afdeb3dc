// Whether a qube can learn now: there has to be a filter to fall back to, and
// its proxy has to be one that refuses what no rule allows.
import { type Qube, ruleOwnerName } from '../../core/qube.ts';
import { isForeign, noFile } from '../../core/rule-files.ts';
import { holder, holdOn } from '../../core/stopped.ts';
import { Failure } from '../../failure.ts';
import type { View } from '../../view.ts';
import { clockBackTodo } from '../format/clock-back.ts';
import { explainHeld } from '../format/held.ts';
import { localTime } from '../format/local-time.ts';
import { explainForeignFile } from '../format/unserved.ts';
import { knownRules } from '../known-rules.ts';
import { nothingChanged } from '../output.ts';
import { mendFirst } from './rule-change.ts';

/** Fails, with what to do, if it would learn nothing, or fall back nowhere. */
export function expectLearnable(view: View, qube: Qube, seconds: number): void {
    expectTime(view, seconds);
    const { name } = qube;
    const held = holdOn(view.stopped, qube, view.system);
    if (held !== null) {
        const { what, todo } = explainHeld(held, holder(qube, held));
        refuse(`${name} would learn nothing, ${what}`, todo);
    }
    const owner = ruleOwnerName(qube);
    if (isForeign(view.files.get(owner) ?? noFile, owner, view.system)) {
        const { what, todo } = explainForeignFile(owner);
        refuse(what, todo);
    }
    if (qube.isDisposableTemplate && qube.xid === null) {
        refuse(
            `${name} does not run, and its disposables learn by their own names`,
            ['to see them: qvm-ls --running'],
        );
    }
    const rules = knownRules(view, qube);
    if (!rules.ok) {
        throw new Failure(mendFirst(rules.error));
    }
    if (rules.value.default === 'allow') {
        refuse(
            `${name} has a block list: it reaches all hosts but those, and ` +
                'learning does not open them',
            [
                `to have rules that allow: qvm-filterproxy default ${name} deny --clear`,
            ],
        );
    }
}

/** A clock that was set back would end it at once. */
function expectTime({ moment }: View, seconds: number): void {
    const { passed, nowMs } = moment;
    if (passed === null) {
        refuse(
            'it cannot be read which times have passed, so nothing that ends ' +
                'by itself is in force',
            ['to see why: qvm-filterproxy show'],
        );
    } else if (Math.floor(nowMs / 1000) + seconds <= passed) {
        const then = localTime(new Date(passed * 1000).toISOString());
        refuse(
            `it would end before ${then}, which has passed already; dom0's ` +
                'clock seems to be set back',
            clockBackTodo,
        );
    }
}

function refuse(why: string, todo: readonly string[]): never {
    throw new Failure(nothingChanged(why, todo));
}
