// Holds docs/protocol.md to what it describes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { answer, errorCodes, verbs } from '../../shared/protocol/answer.ts';
import { desiredState } from '../../shared/protocol/desired-state.ts';
import {
    examineAnswer,
    examineVerb,
} from '../../shared/protocol/examination.ts';
import { limits } from '../../shared/protocol/limits.ts';
import {
    requestsAnswer,
    requestsRequest,
    requestVerbs,
} from '../../shared/protocol/requests.ts';

const path = join(import.meta.dirname, '../../docs/protocol.md');
const text = readFileSync(path, 'utf8');
const examples = [...text.matchAll(/^```json\n(.*?)^```$/gms)].map(
    ([, json = '']) => JSON.parse(json),
);

describe('docs/protocol.md', () => {
    test('shows requests, answers and an error as they are', () => {
        const schemas = [
            ...[desiredState, answer, answer],
            ...[examineAnswer, requestsRequest, requestsAnswer],
        ];
        expect(examples).toHaveLength(schemas.length);
        for (const [at, schema] of schemas.entries()) {
            expect(v.safeParse(schema, examples[at]).issues).toBeUndefined();
        }
    });

    test.each([...verbs, examineVerb, ...requestVerbs, ...errorCodes])(
        'explains %s',
        (name) => {
            expect(text).toMatch(new RegExp(`^\\| \`${name}\` +\\| `, 'm'));
        },
    );

    test('names the limits as they are', () => {
        const table = text.slice(text.indexOf('## Limits'));
        const numbers = new Set(table.match(/\d+/g)?.map(Number));
        const { gatewayPort: _, ...bounds } = limits;
        for (const [name, bound] of Object.entries(bounds)) {
            const shown = name.endsWith('Ms') ? bound / 1000 : bound;
            expect(numbers, name).toContain(shown);
        }
    });
});
