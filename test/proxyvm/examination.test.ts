// What a ProxyVM says of itself, and how it asks its resolvers.
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { isDoor, resolverElements } from '../../proxyvm/core/element.ts';
import { examinationOf } from '../../proxyvm/core/examination.ts';
import {
    isGoodReply,
    rootQuestion,
} from '../../proxyvm/core/resolver-question.ts';
import { addressesOf } from '../../shared/protocol/desired-state.ts';
import { examineAnswer } from '../../shared/protocol/examination.ts';
import { err, ok } from '../../shared/result.ts';
import { observedState } from './arbitraries.ts';
import { emptyState } from './model.ts';

const tinyproxy = ok({ text: '1.11.1', mistakesIp6Clients: true });

describe('an examination', () => {
    test('of whatever is there is one that dom0 takes', () => {
        fc.assert(
            fc.property(observedState, fc.boolean(), (observed, isFit) => {
                const examination = examinationOf('0.1.0', {
                    observed,
                    tinyproxy: isFit ? tinyproxy : err('none'),
                    qubesFirewall: { isActive: true, ip: true, ip6: true },
                    answering: new Set(observed.resolvers.slice(0, 1)),
                });
                const answer = {
                    service: 'qubes.FilterProxy',
                    version: 1,
                    error: null,
                    examination,
                };
                const parsed = v.safeParse(examineAnswer, answer);
                expect(parsed.issues).toBeUndefined();
                const known = observed.proxies.flatMap(({ record }) =>
                    record === null ? [] : addressesOf(record).join(),
                );
                examination.proxies.forEach(({ port, hasDoor }, index) => {
                    const own = known[index]?.split(',') ?? [];
                    const led = observed.elements.flatMap((each) =>
                        isDoor(each) && own.includes(String(each.key.at(-2)))
                            ? each.value
                            : [],
                    );
                    const isLedHere = led.every((each) => each === port);
                    expect(hasDoor).toBe(led.length > 0 && isLedHere);
                });
            }),
            { seed: 20261128, numRuns: 500 },
        );
    });

    test('says which resolvers answer, and which ones proxies may ask', () => {
        const [first, second] = emptyState.resolvers;
        const { resolvers } = examinationOf('0.1.0', {
            observed: {
                ...emptyState,
                elements: resolverElements(first === undefined ? [] : [first]),
            },
            tinyproxy,
            qubesFirewall: { isActive: true, ip: true, ip6: true },
            answering: new Set(second === undefined ? [] : [second]),
        });
        expect(resolvers).toEqual([
            { address: first, answers: false, isPermitted: true },
            { address: second, answers: true, isPermitted: false },
        ]);
    });
});

describe('a question to a resolver', () => {
    test('is for the name servers of the root, to the byte', () => {
        expect(Buffer.from(rootQuestion(0xabcd)).toString('hex')).toBe(
            'abcd010000010000000000000000020001',
        );
    });

    function reply(id: number, flags: number): Uint8Array {
        const bytes = rootQuestion(id);
        new DataView(bytes.buffer).setUint16(2, flags);
        return bytes;
    }

    test.each([
        ['an answer', reply(7, 0x8180), true],
        ['that there is no such name', reply(7, 0x8183), true],
        ['that it knows no such questions', reply(7, 0x8184), true],
        ['a failure', reply(7, 0x8182), false],
        ['a refusal', reply(7, 0x8185), false],
        ['the question itself', rootQuestion(7), false],
        ["another question's answer", reply(8, 0x8180), false],
        ['half a header', reply(7, 0x8180).subarray(0, 11), false],
        ['nothing', new Uint8Array(), false],
    ])('counts %s as it is', (_, bytes, isGood) => {
        expect(isGoodReply(bytes, 7)).toBe(isGood);
    });

    test('of any bytes never throws', () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
                expect(typeof isGoodReply(bytes, 7)).toBe('boolean');
            }),
            { seed: 20261128, numRuns: 5000 },
        );
    });
});
