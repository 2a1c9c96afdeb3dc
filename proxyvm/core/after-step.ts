// What is there after a step that succeeded. Each nft transaction holds whole
// or not at all, systemctl returns when its units are where they should be,
// and a proxy was seen to listen: so an apply need not look again at what its
// own steps did.
import { keyText } from './element.ts';
import type { ObservedProxy, ObservedState } from './observed-state.ts';
import { type ProxyUid, portOf } from './proxy-uid.ts';
import type { Drain, Plan, StepAction, StepOf } from './step.ts';

type After<Action extends StepAction> = (
    before: ObservedState,
    step: StepOf<Action>,
) => ObservedState | null;

/** One has to look. */
const unforeseen = () => null;

/**
 * The steps in everyday changes. What concerns whole tables, which others
 * have their hands in as well, is rare, and is looked at.
 */
const foreseen: { readonly [Action in StepAction]: After<Action> } = {
    'load-table': unforeseen,
    'change-elements': (before, { remove, add }) => {
        const removed = new Set(remove.map(keyText));
        const rest = before.elements.filter(
            (element) => !removed.has(keyText(element)),
        );
        return { ...before, elements: [...rest, ...add] };
    },
    'insert-input-rules': unforeseen,
    'remove-input-rules': unforeseen,
    'write-proxy': (before, { uid, record }) => {
        const written = {
            uid,
            record,
            isAlive: false,
            isDraining: false,
            isBusy: false,
            beside: null,
            deadlines: [],
            isTimed: true,
        };
        return {
            ...before,
            proxies: [...before.proxies, written],
            spare: before.spare === uid ? null : before.spare,
            givenUids: [...before.givenUids, uid],
        };
    },
    'set-deadlines': (before, { timings }) =>
        timings.reduce(
            (next, { uid, deadlines }) =>
                change(next, [uid], { deadlines, isTimed: true }),
            before,
        ),
    'start-proxies': (before, { proxies, drains }) => {
        const uids = proxies.map(({ uid }) => uid);
        return drain(change(before, uids, { isAlive: true }), drains);
    },
    'drain-proxies': (before, { drains }) => drain(before, drains),
    'keep-proxies': (before, { uids }) =>
        change(before, uids, {
            isDraining: false,
            isBusy: false,
            beside: null,
        }),
    'end-proxies': (before, { uids }) => {
        const freed = new Set(uids.map(portOf));
        const ended = change(before, uids, {
            isAlive: false,
            isDraining: false,
            isBusy: false,
        });
        return {
            ...ended,
            // Their timers are gone as well.
            proxies: ended.proxies.map((proxy) =>
                uids.includes(proxy.uid)
                    ? { ...proxy, isTimed: proxy.deadlines.length === 0 }
                    : proxy,
            ),
            busyPorts: before.busyPorts.filter((port) => !freed.has(port)),
        };
    },
    'end-spare': (before) => ({ ...before, spare: null }),
    'remove-proxies': (before, { uids }) => ({
        ...before,
        proxies: before.proxies.filter(({ uid }) => !uids.includes(uid)),
    }),
    'follow-resolvers': unforeseen,
    'delete-table': unforeseen,
};

/** Null for a step after which one has to look. */
export function afterStep<Action extends StepAction>(
    before: ObservedState,
    step: StepOf<Action>,
): ObservedState | null {
    return foreseen[step.action](before, step);
}

/** The same after several, all of which succeeded. */
export function afterSteps(
    before: ObservedState,
    steps: Plan,
): ObservedState | null {
    return steps.reduce<ObservedState | null>(
        (state, step) => state && afterStep(state, step),
        before,
    );
}

function drain(before: ObservedState, drains: readonly Drain[]): ObservedState {
    return drains.reduce(
        (next, { uid, beside }) =>
            change(next, [uid], {
                isDraining: true,
                // Nobody has asked yet.
                isBusy: true,
                ...(beside === null ? {} : { beside }),
            }),
        before,
    );
}

function change(
    before: ObservedState,
    uids: readonly ProxyUid[],
    to: Partial<ObservedProxy>,
): ObservedState {
    return {
        ...before,
        proxies: before.proxies.map((proxy) =>
            uids.includes(proxy.uid) ? { ...proxy, ...to } : proxy,
        ),
    };
}
