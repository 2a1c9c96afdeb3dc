// From where the qubes are and are to be to the steps between.
//
// The clients come last: until all that can fail for another reason has been
// done they go out as ever, and what they are moved behind has answered. A
// running qube could not be moved behind a halted one anyway.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Qube, System } from '../qube.ts';
import { isToStart, type Layout } from './layout.ts';
import type { Refusal } from './refusal.ts';
import type { Change, Step } from './step.ts';
import { chooseTemplate, type FeaturesOf, refuseExisting } from './template.ts';

/** What is asked of Qubes beside all qubes. */
export interface SetupFacts {
    readonly system: System;
    /** Of those in qubesToAsk(). */
    readonly features: FeaturesOf;
    /** Of those in qubesToMove(): whose netvm is the default one. */
    readonly following: ReadonlySet<QubeName>;
}

export interface SetupPlan {
    readonly layout: Layout;
    /** Of a new ProxyVM; null for one that is there. */
    readonly template: QubeName | null;
    /** None if all is set up. */
    readonly steps: readonly Step[];
}

/** Those whose netvm is to change, as far as they are there. */
export function qubesToMove({ existing, netvm, moved }: Layout): Qube[] {
    return existing !== null && netvm !== null
        ? [existing, ...moved]
        : [...moved];
}

/** Steps for what was laid out. `template` is the one that was named. */
export function planSetup(
    layout: Layout,
    template: QubeName | null,
    facts: SetupFacts,
): Result<SetupPlan, Refusal> {
    const { existing } = layout;
    if (existing !== null) {
        const lacking = isToStart(layout)
            ? refuseExisting(existing, facts.features)
            : null;
        return lacking === null
            ? ok({
                  layout,
                  template: null,
                  steps: adopt(layout, existing, facts),
              })
            : err(lacking);
    }
    const chosen = chooseTemplate(
        layout,
        template,
        facts.system,
        facts.features,
    );
    return chosen.ok
        ? ok({
              layout,
              template: chosen.value,
              steps: [
                  create(layout, chosen.value),
                  start(layout.proxyvm),
                  ...moveClients(layout, facts),
              ],
          })
        : chosen;
}

function adopt(
    layout: Layout,
    existing: Qube,
    facts: SetupFacts,
): readonly Step[] {
    const { netvm } = layout;
    const moves = netvm === null ? [] : [move(existing, netvm, facts)];
    return [
        ...moves,
        ...(isToStart(layout) ? [start(existing.name)] : []),
        ...moveClients(layout, facts),
    ];
}

function create({ proxyvm, netvm }: Layout, template: QubeName): Change {
    return {
        kind: 'change',
        qube: proxyvm,
        effect: { kind: 'exists' },
        command: [
            'qvm-create',
            ...['--class', 'AppVM', '--template', template],
            ...['--label', 'orange', '--property', 'provides_network=True'],
            ...(netvm === null ? [] : ['--property', `netvm=${netvm}`]),
            proxyvm,
        ],
        undo: ['qvm-remove', '--force', proxyvm],
    };
}

/** What it starts along with it, its netvm, is left running by an undo. */
function start(proxyvm: QubeName): Change {
    return {
        kind: 'change',
        qube: proxyvm,
        effect: { kind: 'runs' },
        command: ['qvm-start', proxyvm],
        undo: ['qvm-shutdown', '--wait', proxyvm],
    };
}

function moveClients({ proxyvm, moved }: Layout, facts: SetupFacts): Step[] {
    const answers: Step = {
        kind: 'check',
        qube: proxyvm,
        command: ['qvm-filterproxy', 'show', proxyvm],
    };
    const moves = moved.map((client) => move(client, proxyvm, facts));
    return moves.length === 0 ? [] : [answers, ...moves];
}

function move(
    { name, netvm: before }: Qube,
    netvm: QubeName,
    { following }: SetupFacts,
): Change {
    return {
        kind: 'change',
        qube: name,
        effect: { kind: 'has-netvm', netvm },
        command: ['qvm-prefs', name, 'netvm', netvm],
        undo: following.has(name)
            ? ['qvm-prefs', '--default', name, 'netvm']
            : ['qvm-prefs', name, 'netvm', before ?? 'none'],
    };
}
