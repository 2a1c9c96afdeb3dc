// Times that a ProxyVM tells, as seconds that have passed since.

/** The longest ago that a time is taken for one: ten years, in seconds. */
const longestAgo = 10 * 366 * 24 * 60 * 60;

export function ago(at: Date, seconds: number): Date {
    return new Date(at.getTime() - Math.min(seconds, longestAgo) * 1000);
}

export function earlier(one: Date, other: Date): Date {
    return one < other ? one : other;
}

export function later(one: Date, other: Date): Date {
    return one < other ? other : one;
}
