// What may stand in one file only once.
import { doNetworksOverlap } from '../../../shared/domain/network.ts';
import { atLine, type FileProblem } from '../file-problem.ts';
import type { PlacedSetting } from './setting.ts';

/** Each setting that says again, or otherwise, what one before it says. */
export function findDuplicates(
    settings: readonly PlacedSetting[],
): FileProblem[] {
    return settings.flatMap((later, index) => {
        const earlier = settings
            .slice(0, index)
            .find((each) => each.file === later.file && doClash(each, later));
        if (earlier === undefined) {
            return [];
        }
        const message = `${what(later)} in line ${earlier.line}`;
        return [atLine(later.file, later.line, message)];
    });
}

function doClash(one: PlacedSetting, other: PlacedSetting): boolean {
    if (one.name === 'upstream' && other.name === 'upstream') {
        return domainsOf(one).some((each) => domainsOf(other).includes(each));
    }
    if (one.name === 'lan' && other.name === 'lan') {
        return (
            one.network === null ||
            other.network === null ||
            (doNetworksOverlap(one.network, other.network) &&
                doPortsOverlap(one.ports, other.ports))
        );
    }
    return one.name === other.name;
}

type Upstream = Extract<PlacedSetting, { name: 'upstream' }>;

/** Null for all hosts that no other one is for. */
function domainsOf({ domains }: Upstream): readonly (string | null)[] {
    return domains.length === 0 ? [null] : domains;
}

/** Without any it is for those of the public addresses, whichever those are. */
function doPortsOverlap(
    one: readonly number[],
    other: readonly number[],
): boolean {
    return (
        one.length === 0 ||
        other.length === 0 ||
        one.some((port) => other.includes(port))
    );
}

function what(setting: PlacedSetting): string {
    if (setting.name === 'lan') {
        return setting.network === null
            ? '!lan none contradicts !lan'
            : `${setting.network} is opened, or closed, already`;
    }
    return setting.name === 'upstream'
        ? 'for the same hosts an upstream is given'
        : `!${setting.name} stands`;
}
