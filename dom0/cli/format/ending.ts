// When a rule ends, for people.
import {
    type Ending,
    endAt,
    hasExpired,
    hasPassed,
    type Moment,
    runOf,
} from '../../core/moment.ts';
import { type Qube, type System, xidsOf } from '../../core/qube.ts';
import { localTime } from './local-time.ts';

/** What the time and the run of its qube are that a rule goes by. */
export interface EndingContext {
    readonly moment: Moment;
    /** The qube's Xen domain; null if it does not run. */
    readonly xid: number | null;
    /** Nobody else has the rules, so no run of a rule can be another's. */
    readonly isAlone: boolean;
    /** The Xen domains that run. */
    readonly xids: ReadonlySet<number>;
}

/** For the rules of a qube's file. */
export function endingContext(
    moment: Moment,
    qube: Pick<Qube, 'xid' | 'class' | 'isDisposableTemplate'> | null,
    system: System,
): EndingContext {
    const isShared = qube?.class === 'DispVM' || qube?.isDisposableTemplate;
    return {
        moment,
        xid: qube?.xid ?? null,
        isAlone: !isShared,
        xids: xidsOf(system.values()),
    };
}

/** Until when it holds, or that it does not any more; null: no end is set. */
export function formatEnding(
    { expire, run }: Ending,
    context: EndingContext,
): string | null {
    const parts = [
        ...(expire === null ? [] : [formatExpire(expire, context.moment)]),
        ...(run === null ? [] : [formatRun(run, context)]),
    ];
    return parts.length === 0 ? null : parts.join(', ');
}

function formatExpire(expire: number, moment: Moment): string {
    const end = endAt(expire, moment);
    const time = localTime(new Date(end * 1000).toISOString());
    if (moment.passed === null) {
        return `not in force, until ${time}`;
    }
    const left = formatDuration(end - moment.nowMs / 1000);
    return hasPassed(expire, moment)
        ? `expired ${time}`
        : `expires in ${left}, ${time}`;
}

function formatRun(run: string, context: EndingContext): string {
    const { moment, xid, isAlone } = context;
    if (xid !== null && run === runOf(moment, xid)) {
        return 'until it shuts down';
    }
    if (isAlone) {
        return 'ended when it shut down';
    }
    return isRunOver(run, context)
        ? 'over, that run has ended'
        : `only while domain ${run.split('.')[1]} runs`;
}

function isRunOver(
    run: string,
    { moment, xid, isAlone, xids }: EndingContext,
): boolean {
    const own = xid === null ? [] : [xid];
    const possible = isAlone ? own : [...own, ...xids];
    return !possible.some((each) => run === runOf(moment, each));
}

/** Whether it does not hold any more, for anybody who has the rules. */
export function hasEnded(
    { expire, run }: Ending,
    context: EndingContext,
): boolean {
    return (
        hasExpired({ expire }, context.moment) ||
        (run !== null && isRunOver(run, context))
    );
}

/** In the two largest units that matter. */
export function formatDuration(seconds: number): string {
    const whole = Math.max(0, Math.ceil(seconds));
    const [days, hours] = [whole / 86_400, (whole / 3600) % 24];
    const minutes = (whole / 60) % 60;
    const parts = [
        [days, 'd'],
        [hours, 'h'],
        [minutes, 'min'],
        [whole % 60, 's'],
    ] as const;
    const first = parts.findIndex(([count]) => count >= 1);
    const shown =
        first === -1 ? parts.slice(-1) : parts.slice(first, first + 2);
    return shown
        .filter(([count], index) => index === 0 || count >= 1)
        .map(([count, unit]) => `${Math.floor(count)} ${unit}`)
        .join(' ');
}
