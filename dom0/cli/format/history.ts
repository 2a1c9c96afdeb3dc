// Changes of files, as they are listed and named.
import { diffLines } from '../../core/diff.ts';
import { type Change, textBefore } from '../../core/history.ts';
import { qubeOfPath } from '../../core/history-entry.ts';
import type { FileHistory } from '../../read-history.ts';
import { withDetails } from '../output.ts';
import { decodeText, diffJson, formatDiff } from './diff.ts';
import { localTime } from './local-time.ts';

/** A change, and the file that it is of. */
export interface Listed {
    readonly file: FileHistory;
    readonly change: Change;
}

/** Each with its number, when, whose, who, how, and what it changed. */
export function formatHistory(all: readonly Listed[]): string[] {
    const rows = all.map(({ file, change }) => [
        String(change.number ?? '-'),
        localTime(change.time),
        qubeOfPath(file.path) ?? file.path,
        change.by ?? 'unknown',
        describeCommand(change),
    ]);
    const widths = [0, 1, 2, 3].map((column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    return all.flatMap((listed, at) => {
        const [number = '', ...cells] = rows[at] ?? [];
        const padded = cells.map((cell, column) =>
            cell.padEnd(widths[column + 1] ?? 0),
        );
        const line = [number.padStart(widths[0] ?? 0), ...padded].join('  ');
        return withDetails(line, describeDifference(listed));
    });
}

function describeCommand({ command, number }: Change): string {
    const what = command ?? 'by hand';
    return number === null ? `${what}, not recorded yet` : what;
}

function describeDifference({ file, change }: Listed): string[] {
    const before = textBefore(file.changes, change);
    return before === null
        ? ['what was before is not known']
        : formatDiff(diffLines(decodeText(before), decodeText(change.text)));
}

/** One as it is named in a sentence. */
export function nameChange({ number, time, by, command }: Change): string {
    const what = number === null ? 'the last change' : `change ${number}`;
    const when = number === null ? 'not recorded yet' : localTime(time);
    const how = command === null ? 'by hand' : `${command}, by ${by}`;
    return `${what} (${how}, ${when})`;
}

/** One for programs. */
export function changeJson({ file, change }: Listed) {
    const { number, time, by, command, owner } = change;
    const before = textBefore(file.changes, change);
    const diff =
        before === null
            ? { removed: null, added: null }
            : diffJson(diffLines(decodeText(before), decodeText(change.text)));
    return {
        number,
        file: file.path,
        qube: qubeOfPath(file.path),
        owner,
        time,
        by,
        command,
        ...diff,
    };
}
