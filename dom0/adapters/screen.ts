// The whole of a terminal: raw, on its alternate screen, the cursor hidden, and
// given back as it was, whatever happens.
import { emitKeypressEvents } from 'node:readline';
import { toPrintable } from '../../shared/printable.ts';
import { err, ok } from '../../shared/result.ts';
import type { OpenScreen, Screen, ScreenListener, Size } from '../screen.ts';

/** xterm ctlseqs: alternate screen, no cursor, no wrapping at the edge. */
const take = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const giveBack = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';

/** Of a terminal that does not know its size. */
const usualSize: Size = { columns: 80, rows: 24 };

/** What node:readline makes of typed bytes. */
interface Key {
    readonly name?: string | undefined;
    readonly ctrl?: boolean | undefined;
}

/** Why a terminal cannot be taken; null if it can. */
function whyNot({ stdin, stdout, env }: NodeJS.Process): string | null {
    const kind = env['TERM'] ?? '';
    if (!stdin.isTTY || !stdout.isTTY) {
        return 'it needs a terminal';
    }
    return kind === '' || kind === 'dumb'
        ? `a terminal of kind '${toPrintable(kind)}' (TERM) is not enough`
        : null;
}

export function terminalScreen(process: NodeJS.Process): OpenScreen {
    return (listener) => {
        const why = whyNot(process);
        return why === null ? ok(open(process, listener)) : err(why);
    };
}

function open(
    process: NodeJS.Process,
    { onKey, onResize, onGone }: ScreenListener,
): Screen {
    const { stdin, stdout, env } = process;
    const onKeypress = (text: string | undefined, key: Key) => {
        onKey(nameOf(text, key));
    };
    let isOpen = true;
    const close = () => {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        stdin.off('keypress', onKeypress);
        stdout.off('resize', onResize);
        stdin.setRawMode(false);
        stdin.pause();
        stdout.write(giveBack);
    };
    // Before Node.js says what went wrong, so that it can be read.
    process.once('uncaughtExceptionMonitor', close);
    process.once('exit', close);
    stdin.on('end', onGone);
    stdin.on('error', onGone);
    emitKeypressEvents(stdin);
    stdin.setRawMode(true);
    stdin.on('keypress', onKeypress);
    stdout.on('resize', onResize);
    stdin.resume();
    stdout.write(take);
    return {
        // https://no-color.org
        hasColour: (env['NO_COLOR'] ?? '') === '',
        size() {
            const { columns, rows } = stdout;
            return columns > 0 && rows > 0 ? { columns, rows } : usualSize;
        },
        write: (text) => {
            stdout.write(text);
        },
        close,
    };
}

function nameOf(text: string | undefined, { name, ctrl }: Key): string {
    if (ctrl === true) {
        return `ctrl-${name ?? ''}`;
    }
    if (name === 'enter') {
        return 'return';
    }
    const isCharacter = text !== undefined && /^[!-~]$/.test(text);
    return isCharacter ? text : (name ?? '');
}
