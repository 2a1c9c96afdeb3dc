// What `watch` offers to do about a request.
import type { Domain } from '../../../shared/domain/domain-name.ts';
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { narrow } from '../../../shared/pattern/index.ts';
import { type Qube, ruleOwnerName } from '../../core/qube.ts';
import { registrableDomain } from '../../core/registrable.ts';
import type { Remedy } from '../../core/requests/remedy.ts';
import type { AllowArguments } from '../commands/allow.ts';
import { hostAndPort } from '../format/host-and-port.ts';
import type { Row } from './rows.ts';

/** How long a rule is to hold. */
export type Time = 'hour' | 'shutdown' | 'good';

/** A rule for a host that a qube was refused. */
export interface Offer {
    readonly qube: QubeName;
    /** Whose rule file it would stand in. */
    readonly owner: QubeName;
    readonly host: string;
    /** The registrable domain of the host; null if it has none. */
    readonly domain: Domain | null;
}

/** What the user has chosen of it so far. */
export interface Choice {
    readonly offer: Offer;
    readonly isDomain: boolean;
    readonly time: Time;
}

/** Null: no rule would let it through. */
export function offerFor(row: Row, remedy: Remedy, qube: Qube): Offer | null {
    return remedy.kind === 'rule'
        ? {
              qube: row.qube,
              owner: ruleOwnerName(qube),
              host: row.host,
              domain: registrableDomain(row.host),
          }
        : null;
}

/** The safest one. */
export function firstChoice(offer: Offer): Choice {
    return { offer, isDomain: false, time: 'hour' };
}

/** As it would be typed after `allow`. */
export function patternOf({ offer, isDomain }: Choice): string {
    return isDomain && offer.domain !== null ? `.${offer.domain}` : offer.host;
}

/** A rule for one run of a disposable stands in a file of its own. */
function fileOf({ offer, time }: Choice): QubeName {
    return time === 'shutdown' ? offer.qube : offer.owner;
}

export function toArguments(choice: Choice): AllowArguments {
    const { offer, time } = choice;
    return {
        qube: offer.qube,
        patterns: [patternOf(choice)],
        asIs: false,
        comment: null,
        expire: time === 'hour' ? '1h' : null,
        untilShutdown: time === 'shutdown',
        template: fileOf(choice) !== offer.qube,
        dryRun: false,
        verbose: false,
    };
}

/** What would be stored and where, and what it means. */
export function describeChoice(choice: Choice): string[] {
    const narrowed = narrow(patternOf(choice));
    if (!narrowed.ok) {
        return [narrowed.error.message];
    }
    const { stored, meaning } = narrowed.value;
    const file = fileOf(choice);
    const whom =
        file === choice.offer.qube ? file : `${file} and all its disposables`;
    return [`${whom}: ${stored} ${until[choice.time]}`, meaning];
}

const until: Readonly<Record<Time, string>> = {
    hour: 'for an hour',
    shutdown: 'until it shuts down',
    good: 'for good',
};

/** What a request came to, and what would change that. */
export function describeRow(row: Row, remedy: Remedy, owner: QubeName): string {
    const { qube, outcome } = row;
    const name = hostAndPort(row);
    if (outcome === 'allowed') {
        return `${qube} reached ${name}.`;
    }
    const refused = `${qube} was refused ${name}`;
    const edit = `qvm-filterproxy edit ${owner}`;
    switch (remedy.kind) {
        case 'none-needed':
            return `${refused}; by now it is allowed.`;
        case 'rule':
            return `${refused}: no rule lets it through. To add one: a`;
        case 'port':
            return row.port === null
                ? `${refused}: its port is not open. To open it: !http-port in: ${edit}`
                : `${refused}: port ${row.port} is not open. To open it: !connect-port ${row.port} in: ${edit}`;
        case 'address':
            return `${refused}: a private address. To open it: !lan in: ${remedy.todo}`;
        case 'block-list':
            return `${refused} by its block list. To see the rule: qvm-filterproxy check ${qube} ${row.host}`;
        case 'none':
            return `${refused}, and no rule can name it.`;
        case 'unknown':
            return `${refused}. What its rules say is not in force; see: qvm-filterproxy show ${qube}`;
    }
}

/** The same in a word or two, for the list. */
export function noteOnRow(row: Row, remedy: Remedy): string {
    if (row.outcome === 'allowed') {
        return '';
    }
    switch (remedy.kind) {
        case 'none-needed':
            return 'allowed now';
        case 'rule':
            return 'needs a rule';
        case 'port':
            return 'port not open';
        case 'address':
            return 'address not open';
        case 'block-list':
            return 'block list';
        case 'none':
            return 'no rule can';
        case 'unknown':
            return '';
    }
}
