// What is known of a qube before it is asked itself.
import { filesFor } from '../../core/concerning-files.ts';
import type { Check } from '../../core/doctor/check.ts';
import type { ClientFacts } from '../../core/doctor/examine-client.ts';
import { rulesOf } from '../../core/effective-rules.ts';
import type { FindingKind, Findings } from '../../core/lint/finding.ts';
import { type Qube, ruleOwnerName } from '../../core/qube.ts';
import { sharingOf } from '../../core/sharing.ts';
import { situationOf } from '../../core/situation.ts';
import type { View } from '../../view.ts';
import type { Asked } from './ask-proxyvm.ts';

/** What lint says that may be why a qube reaches too much, or too little. */
const worthSaying: readonly FindingKind[] = ['loose', 'no-host'];

export interface QubeKnown {
    readonly qube: Qube;
    readonly netvmChecks: readonly Check[];
    /** What its netvm said; undefined if that does not run. */
    readonly own: Asked | undefined;
    readonly lint: Findings;
}

export function factsOfClient(
    view: View,
    { qube, netvmChecks, own, lint }: QubeKnown,
): ClientFacts {
    const files = new Set(filesFor(view, qube).map(({ file }) => file));
    return {
        qube,
        owner: ruleOwnerName(qube),
        placement: view.placements.get(qube.name),
        rules: rulesOf(view, qube),
        findings: lint.findings.filter(
            ({ file, kind }) => files.has(file) && worthSaying.includes(kind),
        ),
        sharing: sharingOf(view.system, qube),
        proxies: own?.examined.ok ? own.examined.value.proxies : null,
        situation:
            own === undefined
                ? null
                : situationOf(qube, view.placements, [own.visit]),
        netvmChecks,
    };
}
