// What a ProxyVM says of itself when it is examined: each part of the way that
// a request takes there, and whether it is as it should be.
import * as v from 'valibot';
import { answerHead } from './answer.ts';
import { limits } from './limits.ts';
import { boundedText, ip4, ip6, port, qubeName, uuid } from './schema.ts';

/** The verb that answers so; it takes no input. */
export const examineVerb = 'examine';

/** Of what we load into nftables: what is there instead. */
const loaded = ['absent', 'foreign', 'ours'] as const;

/** Our rule in custom-input: `ours` is there once, before all others. */
const inputRule = v.picklist([...loaded, 'no-chain']);

const resolver = v.strictObject({
    address: v.union([ip4, ip6]),
    /** Whether it answered a question now, without an error. */
    answers: v.boolean(),
    /** Whether proxies may ask it. */
    isPermitted: v.boolean(),
});

/** What holds clients to the rules of dom0's qvm-firewall. */
const qubesFirewall = v.strictObject({
    /** Its unit runs; without, its tables stay as they are. */
    isActive: v.boolean(),
    /** Whether its tables are there, which it makes for both families. */
    ip: v.boolean(),
    ip6: v.boolean(),
});

const proxy = v.strictObject({
    name: qubeName,
    uuid,
    port,
    /** Its unit runs, and it listens. */
    isAlive: v.boolean(),
    /** The client's port 8100 leads to it, and nowhere else. */
    hasDoor: v.boolean(),
});

const examination = v.strictObject({
    agent: boundedText,
    tinyproxy: v.strictObject({
        version: boundedText,
        /** Why it is not fit, and what to do; empty if it is. */
        unfit: boundedText,
    }),
    table: v.picklist(loaded),
    inputRules: v.strictObject({ ip: inputRule, ip6: inputRule }),
    qubesFirewall,
    /** The first ones of resolv.conf. */
    resolvers: v.pipe(v.array(resolver), v.maxLength(limits.resolvers)),
    proxies: v.pipe(v.array(proxy), v.maxLength(limits.proxies)),
});

export const examineAnswer = v.strictObject({
    ...answerHead,
    /** Null when the call failed. */
    examination: v.nullable(examination),
});

export type ExamineAnswer = v.InferOutput<typeof examineAnswer>;
export type Examination = v.InferOutput<typeof examination>;
export type InputRule = v.InferOutput<typeof inputRule>;
