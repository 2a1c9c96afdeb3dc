import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgePolicy, type PolicyFile } from '../../dom0/core/doctor/policy.ts';

const directory = join(import.meta.dirname, '../../qubes-rpc/policy');
const ours = {
    path: '80-filterproxy.policy',
    untrusted_text: readFileSync(
        join(directory, '80-filterproxy.policy'),
        'utf8',
    ),
};

function file(path: string, ...lines: string[]) {
    return { path, untrusted_text: `${lines.join('\n')}\n` };
}

function judge(...files: readonly PolicyFile[]) {
    return judgePolicy({ files, legacy: [] });
}

const service = 'qubes.FilterProxy';
const toQubes = 'qubes.FilterProxy * @anyvm @anyvm deny notify=no';
const toDom0 = 'qubes.FilterProxy * @anyvm @adminvm deny notify=no';

describe('the policy', () => {
    test('as it is shipped keeps everybody out', () => {
        expect(judge(ours)).toEqual({
            missing: [],
            callers: [],
            unread: [],
        });
    });

    test.each([
        ['nothing', [], [toQubes, toDom0]],
        ['one line of ours', [toDom0], [toQubes]],
        ['remarks', [`# ${toQubes}`, `  # ${toDom0}`], [toQubes, toDom0]],
        ['another service', ['qubes.Gpg * * * deny'], [toQubes, toDom0]],
        ['one argument', [toQubes.replace('*', '+apply')], [toQubes, toDom0]],
        ['one caller', [toQubes.replace('@anyvm', 'a')], [toQubes, toDom0]],
        [
            'one callee',
            [toQubes.replace('@anyvm deny', 'a deny')],
            [toQubes, toDom0],
        ],
        [
            'a line that lets in',
            [toQubes.replace('deny notify=no', 'allow')],
            [toQubes, toDom0],
        ],
        ['half a line', ['qubes.FilterProxy * @anyvm'], [toQubes, toDom0]],
        ['a line for all services', ['* * * * deny'], []],
    ])('with %s lacks what does not stand there', (_, lines, missing) => {
        expect(judge(file('a.policy', ...lines)).missing).toEqual(missing);
    });

    test('names who is let in before everybody is kept out, and where', () => {
        const user = file(
            '30-user.policy',
            '',
            'qubes.FilterProxy\t*\tmgmt  @tag:filter allow user=root',
            'qubes.Gpg * other @anyvm allow',
            '* * \x1b[31m @anyvm ask',
        );
        const later = file(
            '90-more.policy',
            'qubes.FilterProxy * late @anyvm allow',
        );
        expect(judge(user, ours, later).callers).toEqual([
            { place: '30-user.policy:2', source: 'mgmt', isWide: false },
            { place: '30-user.policy:4', source: '_[31m', isWide: false },
        ]);
    });

    test.each(['@anyvm', '*', '@type:AppVM', '@type:DispVM'])(
        'tells that a line is for more than one qube with %s',
        (source) => {
            const user = file('a.policy', `${service} * ${source} a allow`);
            expect(judge(user, ours).callers).toEqual([
                { place: 'a.policy:1', source, isWide: true },
            ]);
        },
    );

    test.each([
        '!include include/mine',
        '  !include\tinclude/mine',
        '!include-dir include/mine',
        `!include-service ${service} * include/mine`,
        `!include-service ${service} +apply include/mine`,
        '!include-service * * include/mine',
    ])('tells %j before everybody is kept out', (line) => {
        const user = file('30-user.policy', '# mine', line);
        const unread = { place: '30-user.policy:2', files: [] };
        expect(judge(user, ours).unread).toEqual([unread]);
        expect(judge(ours, user).unread).toEqual([]);
    });

    test.each([
        '!include-service qubes.Gpg * include/mine',
        '# !include x',
        '!',
    ])('minds no %j', (line) => {
        expect(judge(file('a.policy', line), ours).unread).toEqual([]);
    });

    test('of a default Qubes is known, until it has a file of the old kind', () => {
        const compat = file('35-compat.policy', '#', '!compat-4.0');
        const files = [compat, ours];
        expect(judgePolicy({ files, legacy: [] }).unread).toEqual([]);
        const legacy = ['/etc/qubes-rpc/policy/qubes.FilterProxy'];
        expect(judgePolicy({ files, legacy }).unread).toEqual([
            { place: '35-compat.policy:2', files: legacy },
        ]);
        expect(judgePolicy({ files: [ours], legacy }).unread).toEqual([]);
    });

    test('of any text is read without an error, and lines keep their numbers', () => {
        const text = fc.array(
            fc.oneof(
                fc.constantFrom(toQubes, toDom0, '!include x', ''),
                fc.string({ unit: 'binary', maxLength: 40 }),
            ),
        );
        fc.assert(
            fc.property(text, (lines) => {
                const untrusted_text = lines.join('\n');
                const files = [{ path: 'x', untrusted_text }];
                const { missing, callers } = judgePolicy({ files, legacy: [] });
                const count = untrusted_text.split('\n').length;
                for (const { place, source } of callers) {
                    expect(Number(place.slice(2))).toBeLessThanOrEqual(count);
                    expect(source).toMatch(/^[\x20-\x7e]*$/);
                }
                for (const line of [toQubes, toDom0]) {
                    const isThere = untrusted_text.split('\n').includes(line);
                    expect(isThere && missing.includes(line)).toBe(false);
                }
            }),
            { seed: 20261128 },
        );
    });
});
