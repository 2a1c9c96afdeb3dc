// The schemas of the protocol once more, from docs/protocol.md.
import {
    anyText,
    type Check,
    demand,
    exactly,
    ip4,
    ip6,
    list,
    name,
    nullOr,
    number,
    object,
    text,
    uuid,
} from './grammar.ts';
import type { Value } from './read-json.ts';

const counter = number(0, Number.MAX_SAFE_INTEGER);
const port = number(1, 65_535);
const nothing = list(0, exactly());

const issued = object({ boot: text(uuid), counter });

function filter(line: Check): Check {
    return object({
        default: exactly('deny', 'allow'),
        lines: list(100_000, line),
        rules: counter,
        connectPorts: (value) => {
            list(32, port)(value);
            demand(Array.isArray(value) && value.length > 0, 'some ports');
        },
        httpPorts: list(32, port),
        upstreams: nothing,
        privateDestinations: nothing,
    });
}

function textOf(check: (text: string) => void): Check {
    return (value) => {
        demand(typeof value === 'string', 'a text');
        check(value);
    };
}

const attachments = {
    ip4: nullOr(object({ client: ip4, gateway: ip4 })),
    ip6: nullOr(object({ client: ip6, gateway: ip6 })),
};

const drain = object({ drainSeconds: number(1, 86_400) });
const end = exactly('end');

function narrowing(value: Value): void {
    (typeof value === 'string' ? end : drain)(value);
}

function deadlines(line: Check): Check {
    const each = object({
        seconds: number(1, 316_224_000),
        filter: nullOr(filter(line)),
    });
    return (value) => {
        list(8, each)(value);
        const all = value as ReadonlyMap<string, Value>[];
        all.slice(1).forEach((later, index) => {
            const before = all[index];
            demand(
                Number(before?.get('seconds')) < Number(later.get('seconds')) &&
                    before?.get('filter') !== null,
                'one after the other, until nothing is left',
            );
        });
    };
}

/** `line` says which filter lines are right. */
export function desiredStateCheck(line: (line: string) => void): Check {
    const client = object({
        name: text(name),
        uuid: text(uuid),
        xid: nullOr(number(1, 32_751)),
        ranBefore: list(5000, number(1, 32_751)),
        ...attachments,
        filter: nullOr(filter(textOf(line))),
        deadlines: deadlines(textOf(line)),
        record: exactly('refused'),
        narrowing,
    });
    return object({
        version: exactly(1),
        issued,
        clients: list(200, (value) => {
            client(value);
            const { filter: now, deadlines: then } = Object.fromEntries(
                value as ReadonlyMap<string, Value>,
            );
            const isEmpty = Array.isArray(then) && then.length === 0;
            demand(now !== null || isEmpty, 'deadlines without a filter');
        }),
    });
}

export const checkStopRequest: Check = object({ version: exactly(1), issued });

export const checkProxyRecord: Check = object({
    name: text(name),
    uuid: text(uuid),
    ...attachments,
    // Written by the agent itself, of lines that it had checked.
    filter: filter(text(/^/)),
    generation: counter,
});

export const checkReport: Check = object({
    agent: anyText,
    tinyproxy: anyText,
    steps: list(10_000, anyText),
    clients: list(
        200,
        object({
            name: text(name),
            uuid: text(uuid),
            state: exactly('served', 'held', 'closed'),
            reason: anyText,
            port: nullOr(port),
            rules: counter,
            draining: counter,
            wider: counter,
        }),
    ),
    ended: list(
        1000,
        object({ name: text(name), uuid: text(uuid), connections: counter }),
    ),
});
