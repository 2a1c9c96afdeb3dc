// What recording costs the requests of a client: the same proxy, recording and
// not, in turn.
import type { Filter } from '../../../shared/protocol/desired-state.ts';
import { filterOfHosts } from '../../filters.ts';
import { apply } from '../agent.ts';
import { timesFloor } from '../aims.ts';
import type { Bench } from '../bench.ts';
import { ClientTraffic } from '../client-traffic.ts';
import { clientWith, hosts } from '../documents.ts';
import type { Case, Group } from '../measure.ts';

const refused = Array.from({ length: 50 }, (_, n) => `refused${n}.test`);

export function recordingRefusals(bench: Bench): Group {
    return recording(bench, 403, 'refused', 1.05);
}

export function recordingAll(bench: Bench, status: 200 | 403): Group {
    return recording(bench, status, 'all', 1.15);
}

function recording(
    { stopwatch, client, isQuick }: Bench,
    status: 200 | 403,
    record: Filter['record'],
    most: number,
): Group {
    let traffic: ClientTraffic;
    const asked = status === 200 ? hosts : refused;
    const use = async (setting: Filter['record']) => {
        const filter = filterOfHosts(hosts, { record: setting });
        await apply(stopwatch, [{ ...clientWith(client), filter }]);
        // The first of a new proxy take longer.
        await traffic.load({ hosts: asked, status, milliseconds: 200 });
    };
    const which = status === 200 ? 'allowed' : 'refused';
    const caseOf = (setting: Filter['record']): Case => ({
        name: `a request, recorded: ${setting}`,
        role: setting === record ? 'ours' : 'floor',
        prepare: () => use(setting),
        measure: async () => {
            const asking = { hosts: asked, status, milliseconds: 1500 };
            return 1000 / (await traffic.load(asking)).perSecond;
        },
    });
    return {
        title: `${which} requests, four at a time, time for each`,
        rounds: isQuick ? 5 : 15,
        aims: [timesFloor(most)],
        setUp: async () => {
            traffic = await ClientTraffic.install(client);
        },
        cases: [caseOf(record), caseOf('nothing')],
        tearDown: async () => {
            await apply(stopwatch, []);
        },
    };
}
