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

/** `line` says which filter lines are right. */
export function desiredStateCheck(line: (line: string) => void): Check {
    return object({
        version: exactly(1),
        issued,
        clients: list(
            200,
            object({
                name: text(name),
                uuid: text(uuid),
                xid: nullOr(number(1, 32_751)),
                ranBefore: list(5000, number(1, 32_751)),
                ...attachments,
                filter: nullOr(filter(textOf(line))),
                deadline: exactly(null),
                record: exactly('refused'),
                narrowing,
            }),
        ),
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
