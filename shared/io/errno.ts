/** Whether it is a failed system call. */
export function isErrno(error: unknown): error is NodeJS.ErrnoException {
    return error instanceof Error && 'syscall' in error;
}

/** Whether it is one that failed because there is no such file. */
export function isMissing(error: unknown): boolean {
    return isErrno(error) && error.code === 'ENOENT';
}
