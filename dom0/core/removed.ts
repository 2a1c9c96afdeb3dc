// The rule files of removed qubes, set aside: in force for nobody, under
// names that say whose they were and since when they are aside.
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import { parseUuid, type Uuid } from '../../shared/domain/uuid.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { utcSeconds } from './utc.ts';

/** Their directory below /etc/qubes/filterproxy. */
export const removedDirectory = 'removed';

export interface RemovedFile {
    /** The name that its qube had. */
    readonly name: QubeName;
    readonly uuid: Uuid;
    /** In UTC, e.g. `2026-11-24T16:18:12Z`; with the name it is unique. */
    readonly date: string;
}

/** Its place below /etc/qubes/filterproxy. */
export function removedPath({ name, date, uuid }: RemovedFile): string {
    const compact = date.replaceAll(/[-:]/g, '');
    return `${removedDirectory}/${name}.${compact}.${uuid}.rules`;
}

/**
 * Reads the name of such a file: `NAME.20261124T161812Z.UUID.rules`. A qube's
 * name may have dots itself, so it ends where the rest begins.
 */
export function parseRemovedName(
    untrusted_name: string,
): Result<RemovedFile, string> {
    const parts =
        /^(.+)\.(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.([^.]+)\.rules$/;
    const [, untrusted_qube = '', ...rest] = parts.exec(untrusted_name) ?? [];
    const [year, month, day, hour, minute, second, untrusted_uuid = ''] = rest;
    const date = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
    const name = parseQubeName(untrusted_qube);
    const uuid = parseUuid(untrusted_uuid);
    return name.ok && uuid.ok && isTime(date)
        ? ok({ name: name.value, uuid: uuid.value, date })
        : err('its name is not QUBE.DATE.UUID.rules');
}

/** Whether a clock can show it: not the 30th of February. */
function isTime(date: string): boolean {
    const time = new Date(date);
    return !Number.isNaN(time.getTime()) && utcSeconds(time) === date;
}

/**
 * Under which date to set a file of that name aside: now, or the first second
 * after at which none was.
 */
export function freeDate(
    name: QubeName,
    now: Date,
    known: readonly RemovedFile[],
): string {
    const taken = new Set(
        known.filter((each) => each.name === name).map(({ date }) => date),
    );
    const time = new Date(now);
    while (taken.has(utcSeconds(time))) {
        time.setTime(time.getTime() + 1000);
    }
    return utcSeconds(time);
}

/** By name, the newest first. */
export function compareRemoved(one: RemovedFile, other: RemovedFile): number {
    if (one.name !== other.name) {
        return one.name < other.name ? -1 : 1;
    }
    return one.date > other.date ? -1 : 1;
}
