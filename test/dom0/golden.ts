import { readFileSync } from 'node:fs';

interface Capture {
    readonly name: string;
    readonly stdout: string;
}

const captures: Capture[] = JSON.parse(
    readFileSync(
        new URL('../golden/cli/commands.json', import.meta.url),
        'utf8',
    ),
);

/** What a real qvm-tool printed, see test/golden/. */
export function captured(name: string): string {
    const capture = captures.find((each) => each.name === name);
    if (capture === undefined) {
        throw new Error(`no capture of that name: ${name}`);
    }
    return capture.stdout;
}
