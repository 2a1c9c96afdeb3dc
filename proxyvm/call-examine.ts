// One call of the service that examines this ProxyVM. It changes nothing and
// takes no lock.
import type { RunCommand } from '../shared/io/run-command.ts';
import type {
    Examination,
    ExamineAnswer,
} from '../shared/protocol/examination.ts';
import { expectNothing, failed, succeeded } from './call.ts';
import { examinationOf, examinedResolvers } from './core/examination.ts';
import { observe } from './observe/observe.ts';
import { observeQubesFirewall } from './observe/qubes-firewall.ts';
import { answeringResolvers } from './observe/resolvers.ts';
import { observeTinyproxy } from './observe/tinyproxy.ts';

export async function callExamine(
    run: RunCommand,
    untrusted_bytes: Buffer,
): Promise<ExamineAnswer> {
    try {
        expectNothing(untrusted_bytes);
        return { ...succeeded, examination: await examine(run) };
    } catch (error) {
        return { ...failed(error), examination: null };
    }
}

/** What is lacking is no failure here: it is what was asked for. */
async function examine(run: RunCommand): Promise<Examination> {
    const [observed, tinyproxy, qubesFirewall] = await Promise.all([
        observe(run),
        observeTinyproxy(run),
        observeQubesFirewall(run),
    ]);
    const answering = await answeringResolvers(examinedResolvers(observed));
    return examinationOf(PROGRAM_VERSION, {
        observed,
        tinyproxy,
        qubesFirewall,
        answering,
    });
}
