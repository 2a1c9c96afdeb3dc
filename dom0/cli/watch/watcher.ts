// `watch` while it runs: what is heard and what is typed become a screen.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Screen } from '../../screen.ts';
import type { AllowArguments } from '../commands/allow.ts';
import { explainError } from '../explain-error.ts';
import type { Output } from '../output.ts';
import type { Heard } from './heard.ts';
import { layOut, pageOf } from './layout.ts';
import type { Line } from './line.ts';
import { type Choice, offerFor, toArguments } from './offer.ts';
import { paint } from './paint.ts';
import { press } from './press.ts';
import { firstState, type Panel, type State } from './state.ts';

/** Milliseconds between two drawings. */
const paceMs = 100;

export interface Watching {
    /** The qubes that it is about; null: all. */
    readonly named: readonly QubeName[] | null;
    readonly heard: Heard;
    readonly allow: (args: AllowArguments) => Promise<Output>;
    readonly hasProxyvms: () => boolean;
    readonly now: () => Date;
    readonly monotonicMs: () => number;
    readonly quit: () => void;
}

export class Watcher {
    readonly #screen: Screen;
    readonly #watching: Watching;
    #state: State = firstState;
    /** Null: it is not known what the screen shows. */
    #drawn: readonly Line[] | null = null;
    #drawnAt = 0;
    #timer: NodeJS.Timeout | null = null;
    #hasEnded = false;
    #adding: Promise<readonly string[]> = Promise.resolve([]);

    constructor(screen: Screen, watching: Watching) {
        this.#screen = screen;
        this.#watching = watching;
        this.#draw();
    }

    /** Something is to be seen: at once, but not too often. */
    onChange(): void {
        const since = this.#watching.monotonicMs() - this.#drawnAt;
        this.#timer ??= setTimeout(
            () => {
                this.#timer = null;
                this.#draw();
            },
            Math.max(0, paceMs - since),
        );
    }

    onResize(): void {
        this.#drawn = null;
        this.#draw();
    }

    onKey(key: string): void {
        const { heard, quit } = this.#watching;
        const { state, effect } = press(this.#state, key, {
            rows: heard.rows.all(),
            page: pageOf(this.#screen.size()),
            offerFor(row) {
                const qube = heard.qube(row.qube);
                return qube === undefined
                    ? null
                    : offerFor(row, heard.remedyOf(row), qube);
            },
        });
        this.#state = state;
        switch (effect?.kind) {
            case 'quit':
                quit();
                return;
            case 'redraw':
                this.#drawn = null;
                break;
            case 'allow':
                this.#adding = this.#allow(effect.choice);
                break;
            case undefined:
                break;
        }
        this.#draw();
    }

    /** Draws no more. Resolves when no rule is being added, to what came of it. */
    async end(): Promise<readonly string[]> {
        this.#hasEnded = true;
        return this.#state.panel.kind === 'adding' ? this.#adding : [];
    }

    async #allow(choice: Choice): Promise<readonly string[]> {
        const { heard, allow } = this.#watching;
        const lines = await saidOf(() => allow(toArguments(choice)));
        await heard.refresh(0);
        this.#show({ kind: 'said', lines });
        return lines;
    }

    #show(panel: Panel): void {
        this.#state = { ...this.#state, panel };
        this.onChange();
    }

    #draw(): void {
        if (this.#hasEnded) {
            return;
        }
        const { heard, named, hasProxyvms, now, monotonicMs } = this.#watching;
        this.#drawnAt = monotonicMs();
        const size = this.#screen.size();
        const shown = {
            state: this.#state,
            named,
            rows: heard.rows.all(),
            remedyOf: heard.remedyOf.bind(heard),
            ownerOf: heard.ownerOf.bind(heard),
            notices: heard.notices(),
            hasProxyvms: hasProxyvms(),
            now: now(),
        };
        const lines = layOut(shown, size);
        const text = paint(this.#drawn, lines, {
            columns: size.columns,
            hasColour: this.#screen.hasColour,
        });
        this.#drawn = lines;
        if (text !== '') {
            this.#screen.write(text);
        }
    }
}

/** What a command says, or why it failed. */
async function saidOf(
    command: () => Promise<Output>,
): Promise<readonly string[]> {
    try {
        const { lines, warnings } = await command();
        return [...lines, ...warnings];
    } catch (error) {
        return explainError(error).split('\n');
    }
}
