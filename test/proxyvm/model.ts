// A ProxyVM in memory: carries steps out as nft and systemd would, strictly.
// What the real ones do is the live tests' matter.

import { StartFailure } from '../../proxyvm/apply/start-failure.ts';
import {
    type Element,
    elementText,
    keyText,
} from '../../proxyvm/core/element.ts';
import type {
    ObservedProxy,
    ObservedState,
} from '../../proxyvm/core/observed-state.ts';
import { type ProxyUid, uidOfPort } from '../../proxyvm/core/proxy-uid.ts';
import type { Step, StepAction, StepOf } from '../../proxyvm/core/step.ts';

export const emptyState: ObservedState = {
    table: 'absent',
    elements: [],
    inputRule: { ip: 'absent', ip6: 'absent' },
    proxies: [],
    attached: [],
    busyPorts: [],
    resolvers: ['10.139.1.1', '10.139.1.2'],
    followsResolvers: false,
};

/** Uids in `broken` never start. */
export function carryOut(
    state: ObservedState,
    step: Step,
    broken: ReadonlySet<ProxyUid> = new Set(),
): ObservedState {
    const execute = executors[step.action] as Executor<typeof step.action>;
    return execute(state, step as StepOf<typeof step.action>, broken);
}

type Executor<Action extends StepAction> = (
    state: ObservedState,
    step: StepOf<Action>,
    broken: ReadonlySet<ProxyUid>,
) => ObservedState;

const executors: { readonly [Action in StepAction]: Executor<Action> } = {
    'load-table': (state, { elements }) => ({
        ...state,
        table: 'ours',
        elements: distinct(elements),
    }),
    'change-elements': (state, { remove, add }) => {
        requireTable(state);
        const texts = state.elements.map(elementText);
        for (const element of remove) {
            if (!texts.includes(elementText(element))) {
                throw new Error(`no such element: ${elementText(element)}`);
            }
        }
        const removed = new Set(remove.map(keyText));
        const rest = state.elements.filter(
            (element) => !removed.has(keyText(element)),
        );
        return { ...state, elements: distinct([...rest, ...add]) };
    },
    'insert-input-rule': (state, { family }) => {
        requireTable(state);
        return {
            ...state,
            inputRule: { ...state.inputRule, [family]: 'ours' },
        };
    },
    'remove-input-rule': (state, { family }) => ({
        ...state,
        inputRule: { ...state.inputRule, [family]: 'absent' },
    }),
    'write-proxy': (state, { uid, record }) => {
        if (state.proxies.some((proxy) => proxy.uid === uid)) {
            throw new Error(`the user id ${uid} is in use`);
        }
        forbidElements(state, uid);
        const fresh = {
            uid,
            record,
            isAlive: false,
            isDraining: false,
            isBusy: false,
            beside: null,
        };
        return { ...state, proxies: [...state.proxies, fresh] };
    },
    'start-proxies': (state, { uids }, broken) => {
        requireTable(state);
        const failing = uids.filter((uid) => broken.has(uid));
        if (failing.length > 0) {
            throw new StartFailure(failing, 'its proxy does not listen');
        }
        return change(state, uids, { isAlive: true });
    },
    'drain-proxies': (state, { drains }) =>
        drains.reduce(
            (next, { uid, beside }) =>
                change(next, [uid], {
                    isDraining: true,
                    isBusy: true,
                    ...(beside === null ? {} : { beside }),
                }),
            state,
        ),
    'keep-proxies': (state, { uids }) =>
        change(state, uids, { isDraining: false, beside: null }),
    'end-proxies': (state, { uids }) =>
        change(state, uids, {
            isAlive: false,
            isDraining: false,
            isBusy: false,
        }),
    'remove-proxies': (state, { uids }) => ({
        ...state,
        proxies: state.proxies.filter(({ uid, isAlive }) => {
            if (uids.includes(uid) && isAlive) {
                throw new Error(`the proxy ${uid} is still alive`);
            }
            if (uids.includes(uid)) {
                forbidElements(state, uid);
            }
            return !uids.includes(uid);
        }),
    }),
    'follow-resolvers': (state, { on }) => ({ ...state, followsResolvers: on }),
    'delete-table': (state) => {
        requireTable(state);
        return { ...state, table: 'absent', elements: [] };
    },
};

/** What a user id may do neither outlives nor precedes its proxy. */
function forbidElements({ elements }: ObservedState, uid: ProxyUid): void {
    const left = elements.filter((element) => uidOf(element) === uid);
    if (left.length > 0) {
        const texts = left.map(elementText).join(', ');
        throw new Error(`elements of ${uid} without its proxy: ${texts}`);
    }
}

/** The proxy whose element it is; null for a resolver. */
function uidOf({ set, key, value }: Element): ProxyUid | null {
    const [first = 0, second = 0] = key.map(Number);
    switch (set) {
        case 'instance':
            return uidOfPort(first);
        case 'caller4':
        case 'caller6':
            return uidOfPort(second);
        case 'client4':
        case 'client6':
        case 'permit':
            return first as ProxyUid;
        case 'resolver4':
        case 'resolver6':
            return null;
        default:
            return uidOfPort(value ?? 0);
    }
}

/** Without its table nothing guards a proxy, and no element can be set. */
function requireTable(state: ObservedState): void {
    if (state.table !== 'ours') {
        throw new Error(`the table is ${state.table}`);
    }
}

function distinct(elements: readonly Element[]): Element[] {
    const keys = elements.map(keyText);
    if (new Set(keys).size !== keys.length) {
        throw new Error(`an element twice: ${keys.join(', ')}`);
    }
    return [...elements];
}

function change(
    state: ObservedState,
    uids: readonly ProxyUid[],
    to: Partial<ObservedProxy>,
): ObservedState {
    return {
        ...state,
        proxies: state.proxies.map((proxy) =>
            uids.includes(proxy.uid) ? { ...proxy, ...to } : proxy,
        ),
    };
}
