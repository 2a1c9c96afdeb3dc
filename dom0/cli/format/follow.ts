// What `blocked --follow` prints.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { CallFailure } from '../../core/agent-answer.ts';
import type { System } from '../../core/qube.ts';
import { textToCheck } from '../../core/requests/remedy.ts';
import type { BlockedHost } from '../blocked-hosts.ts';
import { jsonVersion, withDetails } from '../output.ts';
import { blockedJson } from './blocked.ts';
import { noteOn, shownTime } from './blocked-table.ts';
import { hostAndPort } from './host-and-port.ts';
import { explainUnasked } from './situation.ts';

/** When, who, what, and what there is to say of it. */
export function formatEvent(host: BlockedHost): string {
    const { qube, count, last } = host;
    const times = count > 1 ? `${count} times` : null;
    const notes = [noteOn(host), times].filter((note) => note !== null);
    const behind = notes.length === 0 ? '' : `  (${notes.join(', ')})`;
    return `${shownTime(last)}  ${qube}  ${hostAndPort(host)}${behind}`;
}

/** Older ones at the same time, which are not printed. */
export function formatMore(qube: QubeName, count: number): string[] {
    return count <= 0
        ? []
        : [`${qube}: ${count} more, see: qvm-filterproxy blocked ${qube}`];
}

export function formatUnnamed(qube: QubeName): string {
    return `${qube}: it asks for more than is kept, so not all is shown`;
}

export function formatAway(
    proxyvm: QubeName,
    system: System,
    failure: CallFailure,
): string[] {
    const { what, todo } = explainUnasked(proxyvm, system, failure);
    return withDetails(`${what}; waiting for it`, todo);
}

/** A line for programs. */
export function eventJson(host: BlockedHost) {
    const { qube } = host;
    const check = textToCheck(host);
    const version = jsonVersion;
    return { version, command: 'blocked', qube, ...blockedJson(host, check) };
}
