/** What stands before a message of qrexec: when, and who says it. */
export function logPrefix(program: string): string {
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    return `${time} ${program}[${process.pid}]: `;
}
