// Why a system call failed on a file, and what mends it.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isErrno } from '../../shared/io/errno.ts';

/** Ours, in /etc and in /run; what else is written is the user's. */
const ourDirectory = /^.*\/qubes\/filterproxy(?=\/|$)/;

/** What to say of it behind `cannot write /a/path: `. */
export function describeErrno(
    { code = 'it is not known why' }: NodeJS.ErrnoException,
    path: string,
): string {
    switch (code) {
        case 'ENOSPC':
        case 'EDQUOT':
            return (
                `no space is left there (${code}); to see how much is used: ` +
                `df -h ${dirname(path)}`
            );
        case 'EROFS':
            return (
                'what it is on is mounted read-only (EROFS); to see what ' +
                `that is: findmnt -T ${dirname(path)}`
            );
        case 'EACCES':
        case 'EPERM':
            return `${code}${hintAt(path)}`;
        default:
            return code;
    }
}

/** The command that gives a file of ours to those who may change it. */
export function giveToGroup(path: string, mode: '660' | '2770'): string {
    return `sudo chown root:qubes ${path} && sudo chmod ${mode} ${path}`;
}

/** What is closed to the group, or else who may write it. */
function hintAt(path: string): string {
    const [root] = ourDirectory.exec(path) ?? [];
    if (root === undefined) {
        return '';
    }
    for (const each of waysDown(root, path)) {
        const closed = whatIsClosed(each);
        if (closed !== null) {
            return `; to mend it: ${giveToGroup(each, closed)}`;
        }
    }
    return '; run it as root or in the group qubes';
}

/** `root`, the directories below it on the way, and `path`. */
function waysDown(root: string, path: string): string[] {
    return path === root ? [root] : [...waysDown(root, dirname(path)), path];
}

/** The mode that it should have; null if it has, or cannot be seen. */
function whatIsClosed(path: string): '660' | '2770' | null {
    try {
        const status = statSync(path);
        const [wanted, mode] = status.isDirectory()
            ? ([0o070, '2770'] as const)
            : ([0o060, '660'] as const);
        return (status.mode & wanted) === wanted ? null : mode;
    } catch (error) {
        if (isErrno(error)) {
            return null;
        }
        throw error;
    }
}

/** The daemon is root, but reads what root or the group may read only. */
export function describeUnread(
    { code }: NodeJS.ErrnoException,
    path: string,
): string {
    switch (code) {
        case 'ELOOP':
            return describeLink(path);
        case 'EACCES':
            return (
                'cannot be read: EACCES; to mend it: ' +
                giveToGroup(path, '660')
            );
        default:
            return `cannot be read: ${code}`;
    }
}

function describeLink(path: string): string {
    const remove = `to remove it: rm ${path}`;
    try {
        return statSync(path).isFile()
            ? 'a symbolic link; to put the file itself in its place: ' +
                  `cp --remove-destination "$(readlink -f ${path})" ${path}`
            : `a symbolic link to what is no regular file; ${remove}`;
    } catch (error) {
        if (isErrno(error)) {
            return `a symbolic link that leads nowhere: ${error.code}; ${remove}`;
        }
        throw error;
    }
}
