// Times as they are typed: qvm-firewall's +SECONDS and seconds since 1970
// (qubes-core-admin-client qubesadmin/tools/qvm_firewall.py), 2h and the like,
// and local dates.

const units: Readonly<Record<string, number>> = {
    s: 1,
    m: 60,
    h: 60 * 60,
    d: 24 * 60 * 60,
    w: 7 * 24 * 60 * 60,
};

export type TypedTime =
    | { readonly kind: 'duration'; readonly seconds: number }
    /** In seconds since 1970. */
    | { readonly kind: 'time'; readonly time: number };

/** Null: it is none of them. */
export function readTypedTime(untrusted_text: string): TypedTime | null {
    const [, plus, digits, unit] =
        /^(\+?)([0-9]{1,12})([smhdw]?)$/.exec(untrusted_text) ?? [];
    if (digits === undefined) {
        const time = readDate(untrusted_text);
        return time === null ? null : { kind: 'time', time };
    }
    return plus === '' && unit === ''
        ? { kind: 'time', time: Number(digits) }
        : {
              kind: 'duration',
              seconds: Number(digits) * (units[unit || 's'] ?? 1),
          };
}

/** 2026-12-24, or 2026-12-24T18:00, as the user's clock has it. */
function readDate(untrusted_text: string): number | null {
    const [matched, ...parts] =
        /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2}))?$/.exec(
            untrusted_text,
        ) ?? [];
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.map(
        (part) => Number(part ?? 0),
    );
    const date = new Date(year, month - 1, day, hour, minute);
    const isDate =
        date.getMonth() === month - 1 &&
        date.getDate() === day &&
        date.getHours() === hour &&
        date.getMinutes() === minute;
    return matched === undefined || !isDate ? null : date.getTime() / 1000;
}

/** Below are no times since 1970 that anybody means: 2001. */
export const leastUnix = 1_000_000_000;
