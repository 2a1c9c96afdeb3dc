// What holds for every program that we run.

/** The C locale, and no directory that may be out of its reach, or gone. */
export function surroundings() {
    return { env: { ...process.env, LC_ALL: 'C' }, cwd: '/' };
}

/** Why it did not start, e.g. `ENOENT`. */
export function startErrorOf(error: NodeJS.ErrnoException): string {
    return error.code ?? error.message;
}
