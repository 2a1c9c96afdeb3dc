// A ProxyVM in memory: fails where nft and systemd would, strictly.
// What the real ones do is the live tests' matter.

import { StartFailure } from '../../proxyvm/apply/start-failure.ts';
import { afterStep } from '../../proxyvm/core/after-step.ts';
import {
    type Element,
    elementText,
    keyText,
    without,
} from '../../proxyvm/core/element.ts';
import type {
    Family,
    ObservedState,
} from '../../proxyvm/core/observed-state.ts';
import { type ProxyUid, uidOfPort } from '../../proxyvm/core/proxy-uid.ts';
import type { Step, StepAction, StepOf } from '../../proxyvm/core/step.ts';
import type { Ip4 } from '../../shared/domain/address.ts';

export const emptyState: ObservedState = {
    table: 'absent',
    elements: [],
    inputRule: { ip: 'absent', ip6: 'absent' },
    proxies: [],
    spare: null,
    attached: [],
    busyPorts: [],
    resolvers: ['10.139.1.1' as Ip4, '10.139.1.2' as Ip4],
    followsResolvers: false,
    givenUids: [],
};

/** Uids in `broken` never start. */
export function carryOut(
    state: ObservedState,
    step: Step,
    broken: ReadonlySet<ProxyUid> = new Set(),
): ObservedState {
    const check = checks[step.action] as Check<typeof step.action> | undefined;
    check?.(state, step as StepOf<typeof step.action>, broken);
    return afterStep(state, step) ?? afterOther(state, step);
}

type Check<Action extends StepAction> = (
    state: ObservedState,
    step: StepOf<Action>,
    broken: ReadonlySet<ProxyUid>,
) => void;

/** Where nft or systemd would fail, or we must not go. */
const checks: { readonly [Action in StepAction]?: Check<Action> } = {
    'load-table': (_, { elements }) => requireDistinct(elements),
    'change-elements': (state, { remove, add }) => {
        requireTable(state);
        const texts = state.elements.map(elementText);
        for (const element of remove) {
            if (!texts.includes(elementText(element))) {
                throw new Error(`no such element: ${elementText(element)}`);
            }
        }
        requireDistinct([...without(state.elements, remove), ...add]);
    },
    'insert-input-rules': (state, { families, replacing }) => {
        requireTable(state);
        for (const family of families) {
            const isReplaced = replacing.includes(family);
            if ((state.inputRule[family] === 'absent') === isReplaced) {
                throw new Error(`what is to be replaced in ${family}?`);
            }
        }
    },
    'write-proxy': (state, { uid }) => {
        if (state.proxies.some((proxy) => proxy.uid === uid)) {
            throw new Error(`the user id ${uid} is in use`);
        }
        forbidElements(state, uid);
    },
    'start-proxies': (state, { proxies }, broken) => {
        requireTable(state);
        const failing = proxies
            .map(({ uid }) => uid)
            .filter((uid) => broken.has(uid));
        if (failing.length > 0) {
            throw new StartFailure(failing, 'its proxy does not listen');
        }
    },
    'end-spare': (state, { uid }) => {
        if (state.spare !== uid) {
            throw new Error(`the spare is not ${uid} but ${state.spare}`);
        }
    },
    'remove-proxies': (state, { uids }) => {
        for (const uid of uids) {
            if (
                state.proxies.some((each) => each.uid === uid && each.isAlive)
            ) {
                throw new Error(`the proxy ${uid} is still alive`);
            }
            forbidElements(state, uid);
        }
    },
    'delete-table': requireTable,
};

/** After what the agent looks at again. */
function afterOther(state: ObservedState, step: Step): ObservedState {
    switch (step.action) {
        case 'load-table':
            return { ...state, table: 'ours', elements: step.elements };
        case 'insert-input-rules':
            return withInputRules(state, step.families, 'ours');
        case 'remove-input-rules':
            return withInputRules(state, step.families, 'absent');
        case 'follow-resolvers':
            return { ...state, followsResolvers: step.on };
        case 'delete-table':
            return { ...state, table: 'absent', elements: [] };
        default:
            throw new Error(`nobody knows what is after ${step.action}`);
    }
}

function withInputRules(
    state: ObservedState,
    families: readonly Family[],
    rule: 'ours' | 'absent',
): ObservedState {
    const changed = families.map((family) => [family, rule] as const);
    const inputRule = { ...state.inputRule, ...Object.fromEntries(changed) };
    return { ...state, inputRule };
}

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
        case 'upstream4':
        case 'private4':
        case 'private6':
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

function requireDistinct(elements: readonly Element[]): void {
    const keys = elements.map(keyText);
    if (new Set(keys).size !== keys.length) {
        throw new Error(`an element twice: ${keys.join(', ')}`);
    }
}
