import { userInfo } from 'node:os';

/** The login name of whoever typed the command, without a blank in it. */
export function userName(): string {
    const untrusted_name = isRoot() ? process.env['SUDO_USER'] : undefined;
    const name = (untrusted_name || loginName())
        .replace(/[^\x21-\x7e]/g, '_')
        .slice(0, 32);
    return name === '' ? 'unknown' : name;
}

function isRoot(): boolean {
    return process.getuid?.() === 0;
}

/** A user id without an account has none. */
function loginName(): string {
    try {
        return userInfo().username;
    } catch {
        return `uid-${process.getuid?.() ?? 'unknown'}`;
    }
}
