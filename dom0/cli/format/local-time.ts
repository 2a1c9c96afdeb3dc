/** A time in UTC as the user's clock shows it, to the minute. */
export function localTime(utc: string): string {
    const time = new Date(utc);
    const two = (number: number) => String(number).padStart(2, '0');
    const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
    const clock = [time.getHours(), time.getMinutes()];
    return `${date.map(two).join('-')} ${clock.map(two).join(':')}`;
}
