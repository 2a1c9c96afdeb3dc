import { expect, test } from 'vitest';
import { remembering } from '../../dom0/adapters/parsed-rules.ts';
import { parseRuleFile } from '../../dom0/core/rule-file.ts';

test('a file is parsed again when a byte of it is another, and only then', () => {
    const parse = remembering(parseRuleFile);
    const first = parse('qubes/work.rules', Buffer.from('^a\\.test$\n'));
    expect(first).toEqual(
        parseRuleFile('qubes/work.rules', Buffer.from('^a\\.test$\n')),
    );
    expect(parse('qubes/work.rules', Buffer.from('^a\\.test$\n'))).toBe(first);
    const second = parse('qubes/work.rules', Buffer.from('^b\\.test$\n'));
    expect(second).toMatchObject({ value: { rules: [{ line: 1 }] } });
    expect(second).not.toEqual(first);
});

test('the same bytes in another file have their own place in messages', () => {
    const parse = remembering(parseRuleFile);
    const bytes = Buffer.from('(\n');
    for (const path of ['qubes/work.rules', 'qubes/banking.rules']) {
        expect(parse(path, bytes)).toMatchObject({ error: [{ file: path }] });
    }
});

test('what the caller does with its bytes later changes nothing', () => {
    const parse = remembering(parseRuleFile);
    const bytes = Buffer.from('^a\\.test$\n');
    const first = parse('qubes/work.rules', bytes);
    bytes.write('^b');
    expect(parse('qubes/work.rules', bytes)).not.toBe(first);
});
