import { toPrintable } from '../../../shared/printable.ts';
import { setFilePath } from '../config-file.ts';
import type { SetName } from '../set-name.ts';
import { readDomainList } from './domain-list.ts';
import { type ImportPlan, planFile } from './planned-file.ts';

/** Lines that are left out of a list and named one by one. */
const mostNamed = 5;

/** A list of domains as a set. */
export function planDomainList(
    untrusted_bytes: Uint8Array,
    origin: string,
    set: SetName,
): ImportPlan {
    const text = Buffer.from(untrusted_bytes).toString('utf8');
    const { expressions, skipped } = readDomainList(text);
    const lines = expressions.map((expression) => `${expression}\n`).join('');
    const { planned, problems } = planFile(Buffer.from(lines), origin, {
        path: setFilePath(set),
        owner: null,
        heading: `${toPrintable(origin)} becomes the set ${set}`,
        remarks: [],
    });
    const rest = skipped.length - mostNamed;
    const remarks = [
        ...skipped
            .slice(0, mostNamed)
            .map(({ line, message }) => `line ${line} is left out: ${message}`),
        ...(rest > 0 ? [`and ${rest} more lines are left out`] : []),
    ];
    const isEmpty = expressions.length === 0;
    return {
        files: planned === null || isEmpty ? [] : [planned],
        remarks: isEmpty ? [...remarks, 'there is no domain in it'] : remarks,
        problems,
    };
}
