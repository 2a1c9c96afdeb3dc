// Who is stopped: a state that `stop` and `kill-all` begin and `start` and
// `restart` end, whatever happens in between. Rules are not touched by it.
import * as v from 'valibot';
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { decode } from '../../shared/protocol/json.ts';
import { qubeName, uuid } from '../../shared/protocol/schema.ts';
import type { Result } from '../../shared/result.ts';
import { type Qube, ruleOwnerName, type System, uuidsIn } from './qube.ts';

/** The place of the file below /etc/qubes/filterproxy. */
export const stoppedFile = 'stopped.json';
export const maxStoppedBytes = 4 * 1024 * 1024;

/** When it began, in UTC, and who typed it. */
export const holdFields = {
    since: v.pipe(
        v.string(),
        v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, 'not a UTC time'),
    ),
    by: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,32}$/, 'not a user name')),
};

const schema = v.strictObject({
    version: v.literal(1),
    /** Of `kill-all`; `but` are those that were started since. */
    all: v.nullable(v.strictObject({ ...holdFields, but: v.array(uuid) })),
    /** A qube is its uuid; its name is for readers. */
    qubes: v.array(v.strictObject({ uuid, name: qubeName, ...holdFields })),
});

export type Stopped = v.InferOutput<typeof schema>;

export interface Hold {
    readonly since: string;
    readonly by: string;
}

/** Why a qube is stopped. */
export type Held = Hold & {
    /** Its own stop, that of the template whose rules it uses, or kill-all. */
    readonly through: 'own' | 'template' | 'all';
};

export const nobodyStopped: Stopped = { version: 1, all: null, qubes: [] };

/** Reads the file, or says what is wrong with it. */
export function parseStopped(
    untrusted_bytes: Uint8Array,
): Result<Stopped, string> {
    return decode(schema, untrusted_bytes, maxStoppedBytes);
}

/** The text of the file, for people too. */
export function renderStopped(stopped: Stopped): string {
    return `${JSON.stringify(stopped, null, 4)}\n`;
}

/** What holds a qube, if anything does. */
export function holdOn(
    stopped: Stopped,
    qube: Qube,
    system: System,
): Held | null {
    const owner = system.get(ruleOwnerName(qube)) ?? qube;
    const own = ownHold(stopped, qube);
    if (own !== null) {
        return { ...own, through: 'own' };
    }
    const ofOwner = ownHold(stopped, owner);
    if (ofOwner !== null) {
        return { ...ofOwner, through: 'template' };
    }
    const { all } = stopped;
    const isStarted = [qube, owner].some((each) =>
        all?.but.includes(each.uuid),
    );
    return all === null || isStarted
        ? null
        : { since: all.since, by: all.by, through: 'all' };
}

function ownHold({ qubes }: Stopped, { uuid }: Qube): Hold | null {
    const found = qubes.find((each) => each.uuid === uuid);
    return found === undefined ? null : { since: found.since, by: found.by };
}

/**
 * Those qubes are stopped, too. One that is stopped already keeps its time;
 * that its template is stopped is not enough, as that may be started.
 */
export function withStops(
    stopped: Stopped,
    qubes: readonly Qube[],
    system: System,
    hold: Hold,
): Stopped {
    const added = qubes.filter((qube) => {
        const held = holdOn(stopped, qube, system);
        return held === null || held.through === 'template';
    });
    const entries = added.map(({ uuid, name }) => ({ uuid, name, ...hold }));
    return forgetGone(
        { ...stopped, qubes: [...stopped.qubes, ...entries] },
        system,
    );
}

/** Those qubes' own stops end, and kill-all is over for them. */
export function withoutStops(
    stopped: Stopped,
    qubes: readonly Qube[],
    system: System,
): Stopped {
    const ended = new Set(qubes.map(({ uuid }) => uuid));
    const { all } = stopped;
    const next = {
        ...stopped,
        qubes: stopped.qubes.filter(({ uuid }) => !ended.has(uuid)),
        all: all && { ...all, but: [...new Set([...all.but, ...ended])] },
    };
    return forgetGone(next, system);
}

/** Nobody is stopped but those, as far as they were. */
export function onlyStopsOf(
    stopped: Stopped,
    qubes: readonly Qube[],
    system: System,
): Stopped {
    const kept = qubes.flatMap((qube) => {
        const held = holdOn(stopped, qube, system);
        const { uuid, name } = qube;
        return held === null
            ? []
            : [{ uuid, name, since: held.since, by: held.by }];
    });
    return { ...nobodyStopped, qubes: kept };
}

/** Everybody is stopped, those that come later as well. */
export function withAllStopped(stopped: Stopped, hold: Hold): Stopped {
    const isSo = stopped.all !== null && stopped.all.but.length === 0;
    return isSo ? stopped : { ...stopped, all: { ...hold, but: [] } };
}

/** A uuid never comes back: what is said of a removed qube is litter. */
function forgetGone(stopped: Stopped, system: System): Stopped {
    const known = uuidsIn(system);
    const { all } = stopped;
    return {
        ...stopped,
        qubes: stopped.qubes.filter(({ uuid }) => known.has(uuid)),
        all: all && { ...all, but: all.but.filter((each) => known.has(each)) },
    };
}

/** The qube to start for one to be started. */
export function holder(qube: Qube, { through }: Held): QubeName {
    return through === 'template' ? ruleOwnerName(qube) : qube.name;
}
