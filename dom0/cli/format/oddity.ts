// What keeps a name off a block list, in words.

import {
    isAddressSpelling,
    type Oddity,
} from '../../../shared/pattern/index.ts';
import { toPrintable } from '../../../shared/printable.ts';
import type { Target } from '../../core/target.ts';

export function describeOddity({ host }: Target, oddity: Oddity): string {
    switch (oddity) {
        case 'character':
            return host.includes(':')
                ? 'an address'
                : `"${toPrintable(oddCharacter(host) ?? '')}" is in no host name`;
        case 'no-dot':
            return 'a name without a dot';
        case 'empty-label':
            return host.endsWith('.')
                ? 'it has a dot at its end'
                : 'nothing stands before one of its dots';
        case 'address':
            return isAddressSpelling(host)
                ? 'an address'
                : 'no top-level domain starts like that';
        case 'too-long':
            return 'no name is as long';
    }
}

export function oddCharacter(host: string): string | undefined {
    return /[^A-Za-z0-9._:-]/.exec(host)?.[0];
}
