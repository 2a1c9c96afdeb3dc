/** Whether it is a failed system call. */
export function isErrno(error: unknown): error is NodeJS.ErrnoException {
    return error instanceof Error && 'syscall' in error;
}

/** Whether it is one that failed because there is no such file. */
export function isMissing(error: unknown): boolean {
    return isErrno(error) && error.code === 'ENOENT';
}

/** What `read` returns, or `fallback` if the file does not exist. */
export function orIfMissing<T, F>(read: () => T, fallback: F): T | F {
    try {
        return read();
    } catch (error) {
        if (isMissing(error)) {
            return fallback;
        }
        throw error;
    }
}
