// What a terminal shows after what was written to it, as far as `watch` writes:
// ECMA-48 CUP, EL, ED and SGR, and text on one line.
import type { Size } from '../../../dom0/screen.ts';

export interface Drawn {
    lines: string[];
    row: number;
    column: number;
    readonly size: Size;
}

export function emptyScreen(size: Size): Drawn {
    const lines = Array<string>(size.rows).fill('');
    return { lines, row: 0, column: 0, size };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are they
const piece = /\u001b\[([?0-9;]*)([A-Za-z])|[ -~]+/g;

export function drawnOn(screen: Drawn, text: string): void {
    if (text.replaceAll(piece, '') !== '') {
        throw new Error(`not understood: ${JSON.stringify(text)}`);
    }
    for (const [whole, numbers = '', final] of text.matchAll(piece)) {
        switch (final) {
            case undefined:
                write(screen, whole);
                break;
            case 'H': {
                const [row = 1, column = 1] = numbers.split(';').map(Number);
                screen.row = row - 1;
                screen.column = column - 1;
                break;
            }
            case 'K': {
                const line = screen.lines[screen.row] ?? '';
                screen.lines[screen.row] = line.slice(0, screen.column);
                break;
            }
            case 'J':
                screen.lines = screen.lines.map(() => '');
                break;
            case 'm':
            case 'h':
            case 'l':
                break;
            default:
                throw new Error(`not understood: ${JSON.stringify(whole)}`);
        }
    }
}

/** Without wrapping: the cursor stays on the last column. */
function write(screen: Drawn, text: string): void {
    const { row, column, size } = screen;
    const line = (screen.lines[row] ?? '').padEnd(column);
    const written = line.slice(0, column) + text;
    screen.lines[row] = (written + line.slice(written.length)).slice(
        0,
        size.columns,
    );
    screen.column = Math.min(written.length, size.columns - 1);
}
