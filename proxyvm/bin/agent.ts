// The agent: `qrexec` answers a call of the service qubes.FilterProxy;
// `end`, `expire`, `resolvers` and `guard` are what our systemd units call, and
// `stop` is what the removal of our package calls.
import { once } from 'node:events';
import { runCommand } from '../../shared/io/run-command.ts';
import { streamCommand } from '../../shared/io/stream-command.ts';
import { Trace } from '../../shared/io/trace.ts';
import { type Answer, type Verb, verbs } from '../../shared/protocol/answer.ts';
import {
    type ExamineAnswer,
    examineVerb,
} from '../../shared/protocol/examination.ts';
import {
    type RequestsAnswer,
    type RequestVerb,
    requestVerbs,
} from '../../shared/protocol/requests.ts';
import { boundedTimings } from '../../shared/protocol/timings.ts';
import { type WithLock, withLock } from '../apply/lock.ts';
import { call, failed, stopAll } from '../call.ts';
import { callExamine } from '../call-examine.ts';
import { callRequests } from '../call-requests.ts';
import { confineOrEnd } from '../confined.ts';
import { parseProxyUid } from '../core/proxy-uid.ts';
import { AgentFailure } from '../failure.ts';
import { followRequests } from '../follow-requests.ts';
import { lookAhead } from '../look-ahead.ts';
import { observeAdministrator } from '../observe/administrator.ts';
import { readRequest } from '../read-request.ts';
import { endDrained, expire, updateResolvers } from '../upkeep.ts';

const usage =
    'usage: filterproxy-agent qrexec [ahead] | end USER-ID | ' +
    'expire USER-ID | resolvers | guard | stop';

const trace = new Trace();
const run = trace.around(runCommand);

async function main([task, argument, ...rest]: string[]): Promise<number> {
    const uid = parseProxyUid(argument ?? '');
    if (task === 'qrexec' && argument === undefined) {
        return answerCall(withLock);
    }
    if (task === 'qrexec' && argument === 'ahead' && rest.length === 0) {
        return answerCall(lookAhead(run));
    }
    if (task === 'end' && uid !== null && rest.length === 0) {
        await endDrained(run, uid);
        return 0;
    }
    if (task === 'expire' && uid !== null && rest.length === 0) {
        await expire(run, uid);
        return 0;
    }
    if (task === 'resolvers' && argument === undefined) {
        await updateResolvers(run);
        return 0;
    }
    if (task === 'guard' && argument === undefined) {
        return (await confineOrEnd(run)) ? 0 : 1;
    }
    if (task === 'stop' && argument === undefined) {
        return print(await stopAll(run));
    }
    console.error(usage);
    return 2;
}

async function answerCall(lock: WithLock): Promise<number> {
    trace.begin('Node.js and the agent start');
    try {
        return await answerTo(process.env, lock);
    } catch (error) {
        return print({ ...failed(error), report: null });
    }
}

/** Exit code 1 with an error in the answer: qrexec uses those from 125. */
function print(answer: Answer | ExamineAnswer | RequestsAnswer): number {
    const timings = boundedTimings(trace.end());
    process.stdout.write(`${JSON.stringify({ ...answer, timings })}\n`);
    return answer.error === null ? 0 : 1;
}

async function answerTo(
    env: NodeJS.ProcessEnv,
    lock: WithLock,
): Promise<number> {
    await expectAdministrator(env['QREXEC_REMOTE_DOMAIN']);
    const verb = parseVerb(env['QREXEC_SERVICE_ARGUMENT'] ?? '');
    if (verb === 'follow') {
        return follow();
    }
    const untrusted_bytes = await readRequest(process.stdin);
    switch (verb) {
        case 'requests':
            return print(await callRequests(programs, untrusted_bytes));
        case 'examine':
            return print(await callExamine(run, untrusted_bytes));
        default:
            return print(await call(run, verb, untrusted_bytes, lock));
    }
}

/** qrexec's policy is the first lock, this is the second. */
async function expectAdministrator(caller: string | undefined): Promise<void> {
    if (caller === 'dom0') {
        return;
    }
    const administrator = await observeAdministrator(run);
    if (administrator === null || caller !== administrator) {
        throw new AgentFailure(
            'denied',
            'this ProxyVM does not obey you; in dom0: qvm-features PROXYVM ' +
                'vm-config.filterproxy-admin QUBE names the qube that it obeys',
        );
    }
}

const programs = { run, stream: streamCommand };

/** Whoever reads it may go at any time: then there is nobody to tell. */
async function follow(): Promise<number> {
    let exitCode = 0;
    process.stdout.on('error', () => process.stdin.destroy());
    await followRequests(programs, process.stdin, async (answer, signal) => {
        exitCode = print(answer);
        if (process.stdout.writableNeedDrain) {
            await drained(signal);
        }
    });
    return exitCode;
}

/** What is not read would be kept here, more of it with each answer. */
async function drained(signal: AbortSignal): Promise<void> {
    try {
        await once(process.stdout, 'drain', { signal });
    } catch (error) {
        if (!signal.aborted) {
            throw error;
        }
    }
}

const everyVerb = [...verbs, examineVerb, ...requestVerbs] as const;

function parseVerb(
    untrusted_argument: string,
): Verb | typeof examineVerb | RequestVerb {
    const verb = everyVerb.find((each) => each === untrusted_argument);
    if (verb === undefined) {
        throw new AgentFailure(
            'request',
            `the service takes one of +${everyVerb.join(', +')} as argument`,
        );
    }
    return verb;
}

void main(process.argv.slice(2)).then((exitCode) => {
    process.exitCode = exitCode;
});
