// Which qube a filter file of the old guide is for: an address names it.
import type { Ip4 } from '../../../shared/domain/address.ts';
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { toPrintable } from '../../../shared/printable.ts';
import type { Qube, System } from '../qube.ts';
import type { OldFilterName } from './old-filter.ts';

/** The qube that a filter file is for, as the user says. */
export type Given = ReadonlyMap<string, QubeName>;

export interface OldFile extends OldFilterName {
    /** Its name, `NAME.IP`. */
    readonly untrusted_file: string;
    readonly bytes: Uint8Array;
}

export interface Match {
    readonly qube: Qube;
    readonly isByHand: boolean;
}

/** The qube, or why it is none and what to do. */
export function matchQube(
    { untrusted_file, untrusted_name, address }: OldFile,
    system: System,
    given: Given,
): Match | string {
    const name = given.get(untrusted_file);
    if (name !== undefined) {
        const qube = system.get(name);
        return qube === undefined
            ? `there is no qube ${name}`
            : { qube, isByHand: true };
    }
    const [only, ...others] = withAddress(system, address);
    const say = `--map ${toPrintable(untrusted_file)}=`;
    if (only === undefined) {
        const namesake = [...system.keys()].find(
            (each) => each === untrusted_name,
        );
        return (
            `left out, no qube has the address ${address}; if it is for ` +
            `${namesake ?? 'one'}: ${say}${namesake ?? 'QUBE'}`
        );
    }
    return others.length === 0
        ? { qube: only, isByHand: false }
        : `left out, ${address} is the address of ` +
              `${[only, ...others].map((qube) => qube.name).join(' and ')}; ` +
              `to say which is meant: ${say}QUBE`;
}

function withAddress(system: System, address: Ip4): Qube[] {
    return [...system.values()].filter((qube) => qube.ip4 === address);
}
