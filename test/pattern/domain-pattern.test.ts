// What is read straight from the text is what the parser and the automaton
// make of it.
import { expect, test } from 'vitest';
import { accepts } from '../../shared/pattern/automaton.ts';
import { confine } from '../../shared/pattern/confine.ts';
import {
    domainOfLine,
    domainOfRule,
    isOfDomain,
    lineOfDomain,
} from '../../shared/pattern/domain-pattern.ts';
import {
    describeDomainRule,
    lineAutomaton,
    narrow,
    parsePattern,
} from '../../shared/pattern/index.ts';
import { Random } from './random.ts';
import {
    randomDomainRule,
    randomDomains,
    randomNearHost,
} from './random-domains.ts';
import { mutate, randomPattern } from './random-patterns.ts';

function confined(expression: string): string {
    const tree = parsePattern(expression);
    const line = tree.ok ? confine(tree.value) : tree;
    return line.ok ? line.value : `refused: ${line.error.message}`;
}

test('a rule that names a domain is what the parser makes of it', () => {
    const random = new Random(1);
    let read = 0;
    for (let count = 0; count < 20_000; count += 1) {
        const rule = randomDomainRule(random);
        const tried = [rule, mutate(random, rule), randomPattern(random)];
        for (const expression of tried) {
            const domain = domainOfRule(expression);
            if (domain !== null) {
                const line = lineOfDomain(domain);
                expect({ expression, line }).toEqual({
                    expression,
                    line: confined(expression),
                });
                expect(domainOfLine(line)).toEqual(domain);
                read += 1;
            }
        }
    }
    expect(read).toBeGreaterThan(3_000);
});

test.each([
    ['^github\\.com$', 'exact', 'github.com'],
    ['^GitHub[.]com$', 'exact', 'github.com'],
    ['(^|\\.)github\\.com$', 'both', 'github.com'],
    ['^(.*\\.)?github\\.com$', 'both', 'github.com'],
    ['^([a-z0-9_-]+\\.)*github\\.com$', 'both', 'github.com'],
    ['\\.github\\.com$', 'subdomains', 'github.com'],
    ['^.*\\.github\\.com$', 'subdomains', 'github.com'],
    ['^com$', 'exact', 'com'],
])('reads %s without parsing it', (expression, kind, domain) => {
    expect(domainOfRule(expression)).toEqual({ kind, domain });
});

test.each([
    ['an address', '^10\\.0\\.0\\.1$'],
    ['an odd spelling of one', '^0x7f\\.1$'],
    ['an open end', '^github\\.com'],
    ['a dot that is any character', '^github.com$'],
    ['an empty label', '^github\\.\\.com$'],
    ['a start within a label', 'github\\.com$'],
    ['a line that is too long', `(^|\\.)${'a'.repeat(492)}$`],
])('leaves %s to the parser', (_, expression) => {
    expect(domainOfRule(expression)).toBeNull();
});

test('a host is of a domain exactly when the automaton accepts it', () => {
    const random = new Random(2);
    let accepted = 0;
    for (const pattern of randomDomains(random, 6_000)) {
        const domain = domainOfLine(lineOfDomain(pattern));
        if (domain === null) {
            continue;
        }
        const automaton = lineAutomaton(lineOfDomain(domain));
        for (let count = 0; count < 8; count += 1) {
            const host = randomNearHost(random, domain.domain);
            const verdict = isOfDomain(domain, host);
            expect({ domain, host, verdict }).toEqual({
                domain,
                host,
                verdict: accepts(automaton, host),
            });
            accepted += Number(verdict);
        }
    }
    expect(accepted).toBeGreaterThan(2_000);
});

test('what is said of a domain is what is said of any rule', () => {
    const random = new Random(3);
    let said = 0;
    for (let count = 0; count < 3_000; count += 1) {
        const expression = randomDomainRule(random);
        const meaning = describeDomainRule(expression);
        if (meaning !== null) {
            expect({ expression, ok: true, why: null, meaning }).toEqual({
                expression,
                ...describe(expression),
            });
            said += 1;
        }
    }
    expect(said).toBeGreaterThan(100);
});

function describe(expression: string) {
    const narrowed = narrow(expression);
    return narrowed.ok
        ? {
              ok: true,
              why: narrowed.value.why,
              meaning: narrowed.value.meaning,
          }
        : { ok: false, why: null, meaning: narrowed.error.message };
}
