/** A time in UTC, to the second, as our files have it. */
export function utcSeconds(time: Date): string {
    return time.toISOString().replace(/\.[0-9]+Z$/, 'Z');
}
