// Host patterns: POSIX extended expressions as tinyproxy matches them, what
// they mean on host names, and the form in which they reach tinyproxy.
export { isAddressSpelling } from './addresses.ts';
export { accepts, type HostAutomaton } from './automaton.ts';
export { hostOfBareName, readBareName } from './bare-name.ts';
export { describeBlockExcess, readBlocked } from './block.ts';
export { compileLines } from './compile.ts';
export { confine, confineExpression } from './confine.ts';
export { type ConfinedLine, parseConfinedLine } from './confined-line.ts';
export { covers, findCommon, findDifference } from './difference.ts';
export {
    type DomainPattern,
    domainOfLine,
    domainOfRule,
    domainsAbove,
    isDomain,
    isOfDomain,
} from './domain-pattern.ts';
export { DomainSet } from './domain-set.ts';
export { findRealHost, isEmpty, isRealHost, whyEmpty } from './emptiness.ts';
export type { PatternError } from './fault.ts';
export { maxHostLength, maxLabelLength } from './host-limits.ts';
export { lineAutomaton, matches, patternAutomaton } from './matcher.ts';
export { type NarrowOptions, narrow } from './narrow.ts';
export { addressIn, describeDomainRule } from './narrow-describe.ts';
export {
    describeLooseness,
    findLooseness,
    type Looseness,
    type LooseReason,
} from './narrow-looseness.ts';
export type { NarrowedPattern } from './narrowed-pattern.ts';
export { maxPatternBytes, parsePattern } from './parse.ts';
export {
    findOddity,
    type Oddity,
    oddNameLines,
    plainNameLine,
} from './plain-name.ts';
export { printPattern } from './print.ts';
export type { Found } from './search.ts';
export type { PatternNode } from './tree.ts';
export { areLinesWithin } from './within.ts';
