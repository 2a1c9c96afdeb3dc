// A filter that has subdomains is the one that odd hosts get past elsewhere:
// what stands before its end may be anything there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filterOfLines } from '../filters.ts';
import { confinedLine } from '../pattern/confined-line.ts';
import { apply, clientOf, stop } from './agent.ts';
import { bed } from './bed.ts';
import { noNames, oddHosts } from './odd-hosts.ts';
import { sendRaw } from './raw-request.ts';
import { get, titled } from './request-text.ts';

describe('a filter of a host and its subdomains', () => {
    beforeAll(async () => {
        await bed.up();
        await stop();
        await bed.dns('allowed.test', '93.184.1.1');
        await bed.dns('sub.allowed.test', '93.184.1.1');
        const client = await clientOf('work', { hosts: [] });
        const filter = filterOfLines([confinedLine('(^|\\.)allowed\\.test$')]);
        await apply([{ ...client, filter }]);
    });

    afterAll(async () => {
        await stop();
    });

    test.each(['allowed.test', 'sub.allowed.test', 'SUB.allowed.TEST'])(
        'lets through %s',
        async (host) => {
            const answer = await sendRaw('work', get(`http://${host}/`));
            expect(answer).toMatchObject({
                status: 200,
                arrivedAt: ['93.184.1.1:80'],
            });
        },
    );

    test.each(titled(oddHosts))('refuses %s', async (_, request) => {
        expect(await sendRaw('work', request)).toEqual({
            status: 403,
            reason: 'Filtered',
            arrivedAt: [],
        });
    });

    test.each(titled(noNames))('leads nowhere with %s', async (_, request) => {
        const { arrivedAt } = await sendRaw('work', request);
        expect(arrivedAt).toEqual([]);
    });
});
