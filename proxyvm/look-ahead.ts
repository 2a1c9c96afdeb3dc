// Node.js takes longer to start than all programs that an apply asks first. So
// the service has the shell program look-ahead ask them meanwhile. What it says
// counts as if the agent had asked: it was asked under the lock, which the
// agent shares with it, a moment ago. Whatever is not so is asked again.
import { Socket } from 'node:net';
import type { CommandOutcome, RunCommand } from '../shared/io/run-command.ts';
import { lockOpen, type WithLock } from './apply/lock.ts';
import { type Answers, parseAhead } from './core/parse-ahead.ts';
import { maxToolBytes } from './core/tool-output.ts';

/** Open from the start: see the service. */
const fds = { said: 3, lock: 4 } as const;

/** From then on it is no answer of now, and others may have the lock. */
const freshMs = 1000;

/** Takes the lock that is open, and gives what was asked under it before. */
export function lookAhead(run: RunCommand): WithLock {
    // A stream that breaks is one that is not whole.
    let answers = readAnswers().catch(() => null);
    // A caller whose request does not end keeps nobody waiting.
    const timer = setTimeout(() => {
        answers = answers.then(() => forget(run));
    }, freshMs);
    timer.unref();
    return async (_, work) => {
        clearTimeout(timer);
        const given = await answers;
        if (given === null) {
            await lockOpen(run, fds.lock);
            return work(run);
        }
        return work(answeredBy(given, run));
    };
}

async function readAnswers(): Promise<Answers | null> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of new Socket({ fd: fds.said })) {
        chunks.push(chunk);
        length += chunk.length;
        if (length > maxToolBytes) {
            return null;
        }
    }
    return parseAhead(Buffer.concat(chunks).toString('latin1'));
}

async function forget(run: RunCommand): Promise<null> {
    await run('flock', ['--unlock', '3'], { extraFds: [fds.lock] });
    return null;
}

/** Runs what was not asked, and for each question what is asked again. */
function answeredBy(answers: Answers, run: RunCommand): RunCommand {
    const left = new Map(answers);
    return async (file, args, options) => {
        const command = [file, ...args].join(' ');
        const said = left.get(command);
        left.delete(command);
        const isTooLong = said && said.length > (options?.maxBytes ?? Infinity);
        return said === undefined || isTooLong
            ? run(file, args, options)
            : succeeded(command, said);
    };
}

function succeeded(command: string, said: string): CommandOutcome {
    return {
        command,
        exitCode: 0,
        stdout: Buffer.from(said, 'latin1'),
        stderr: Buffer.alloc(0),
        startError: null,
        timedOut: false,
        tooLong: false,
    };
}
