// From lines to what is written to a terminal: ECMA-48, and the private modes of
// xterm's ctlseqs that all terminals of dom0 have.
import type { Line, Style } from './line.ts';

const csi = '\u001b[';

/** Select Graphic Rendition; the mark of the selected row needs none. */
const renditions: Readonly<Record<Style, string>> = {
    plain: '',
    title: '1',
    selected: '7',
    refused: '31',
    warning: '33',
};

/**
 * Writes the lines that are others than before, and nothing where nothing has
 * changed. `before` is null if it is not known what the screen shows.
 */
export function paint(
    before: readonly Line[] | null,
    after: readonly Line[],
    { columns, hasColour }: { columns: number; hasColour: boolean },
): string {
    const erase = before === null ? `${csi}0m${csi}2J` : '';
    const lines = after.map((line, at) => {
        const old = before?.[at];
        const isSame = old?.text === line.text && old.style === line.style;
        if (isSame) {
            return '';
        }
        // Behind the last column the cursor stays on it.
        const rest = line.text.length < columns ? `${csi}K` : '';
        return `${csi}${at + 1};1H${painted(line, hasColour)}${rest}`;
    });
    return erase + lines.join('');
}

function painted({ text, style }: Line, hasColour: boolean): string {
    const rendition = hasColour ? renditions[style] : '';
    return rendition === '' ? text : `${csi}${rendition}m${text}${csi}0m`;
}
