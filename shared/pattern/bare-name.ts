// Expressions that are no more than a name: nearly all rules are such, and a
// list may have 100,000 of them. What they match is read from their text.
import { isAddressSpelling } from './addresses.ts';
import { escapeDots } from './host-text.ts';
import type { Looseness, LooseReason } from './narrow-looseness.ts';

export interface BareName {
    readonly start: '' | '^' | '\\.' | '(^|\\.)';
    /** The name as it stands there, in lower case. */
    readonly text: string;
    readonly isClosed: boolean;
}

const form =
    /^(\^|\(\^\|\\\.\)|\\\.|)((?:[a-z0-9]+(?:[_-]+[a-z0-9]+)*)(?:\\?\.[a-z0-9]+(?:[_-]+[a-z0-9]+)*)*)(\$?)$/i;

/** Null for what needs a closer look. */
export function readBareName(expression: string): BareName | null {
    const [, start = '', name = '', end = ''] = form.exec(expression) ?? [];
    const text = name.toLowerCase();
    return text === '' || isAddressSpelling(nameIn(text))
        ? null
        : { start: start as BareName['start'], text, isClosed: end === '$' };
}

/** A host that it matches. */
export function hostOfBareName({ start, text }: BareName): string {
    return `${start === '\\.' ? 'www.' : ''}${nameIn(text)}`;
}

/** What it matches that its author hardly means; null: nothing. */
export function looseBareName(plain: BareName): Looseness | null {
    const { start, text, isClosed } = plain;
    const host = hostOfBareName(plain);
    const [misread] = text.match(/(?<!\\)\..*$/) ?? [];
    const reasons: LooseReason[] = [];
    if (misread !== undefined) {
        const rest = nameIn(misread);
        const before = host.slice(0, host.length - rest.length);
        const hosts = [`${before}x${rest.slice(1)}`];
        reasons.push({ kind: 'any-character', hosts });
    }
    if (start === '') {
        reasons.push({ kind: 'inside-label', hosts: [`evil${host}`] });
    }
    if (!isClosed) {
        reasons.push({ kind: 'open-end', hosts: [`${host}.example.org`] });
    }
    return reasons.length === 0
        ? null
        : { reasons, instead: narrowedBareName(plain) };
}

/** As `allow` stores it: what is written like a host is that host. */
function narrowedBareName({ start, text, isClosed }: BareName): string {
    const isHost = start === '' && !isClosed && !text.includes('\\');
    const narrowed = start === '' ? (isHost ? '^' : '(^|\\.)') : start;
    return `${narrowed}${escapeDots(nameIn(text))}$`;
}

function nameIn(text: string): string {
    return text.replaceAll('\\', '');
}
