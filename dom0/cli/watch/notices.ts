// What `watch` says beside its list; bounded by the qubes that there are.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { ClientRequests } from '../../../shared/protocol/requests.ts';
import { isTooLongToWatch } from '../../core/filter.ts';
import type { Visit } from '../../core/situation.ts';
import type { View } from '../../view.ts';
import { formatUnnamed } from '../format/follow.ts';

export class Notices {
    /** Why it cannot be read what dom0 knows. */
    trouble: string | null = null;
    /** ProxyVMs that say nothing any more. */
    readonly away = new Map<QubeName, string>();
    readonly #unrecorded = new Set<QubeName>();
    readonly #flooded = new Set<string>();
    /** Why what is allowed is not recorded. */
    #refusedOnly = new Map<QubeName, string>();
    /** Whether what is allowed is to be shown. */
    expectsAll = false;
    /** Of the view that they were made of. */
    #long: { readonly view: View | null; readonly of: readonly QubeName[] } = {
        view: null,
        of: [],
    };

    recording(qube: QubeName, recording: ClientRequests['recording']): void {
        if (recording === 'nothing') {
            this.#unrecorded.add(qube);
        } else {
            this.#unrecorded.delete(qube);
        }
    }

    flooded(qube: QubeName): void {
        this.#flooded.add(formatUnnamed(qube));
    }

    /** ProxyVMs were told to record what is allowed, too. */
    visited(visits: readonly Visit[]): void {
        this.#refusedOnly = new Map(
            visits.flatMap(({ proxyvm, result }) =>
                result.ok ? [] : [[proxyvm, firstLine(result.error.message)]],
            ),
        );
    }

    /** Of qubes whose lists are too long to be recorded for this. */
    ofLong(view: View, isWanted: (qube: QubeName) => boolean): string[] {
        if (this.expectsAll && this.#long.view !== view) {
            this.#long = { view, of: qubesWithLongLists(view) };
        }
        return this.#long.of
            .filter(isWanted)
            .map(
                (qube) =>
                    `${qube}: only what is refused is shown, its list is long`,
            );
    }

    /** Who is away first. */
    lines(): string[] {
        const refusedOnly = [...this.#refusedOnly].flatMap(([proxyvm, why]) =>
            this.away.has(proxyvm)
                ? []
                : [`${proxyvm}: only what is refused is shown: ${why}`],
        );
        const unrecorded = [...this.#unrecorded].map(
            (qube) =>
                `${qube}: what it is refused is not recorded (!log-level warning)`,
        );
        return [
            ...this.away.values(),
            ...refusedOnly,
            ...unrecorded,
            ...this.#flooded,
        ];
    }
}

function qubesWithLongLists({ placements }: View): QubeName[] {
    return [...placements].flatMap(([qube, placement]) =>
        placement.kind === 'served' &&
        placement.rules.ok &&
        isTooLongToWatch(placement.rules.value)
            ? [qube]
            : [],
    );
}

export function firstLine(text: string): string {
    const [line = ''] = text.split('\n');
    return line;
}
