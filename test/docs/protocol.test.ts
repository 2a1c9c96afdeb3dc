// Holds docs/protocol.md to what it describes.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test } from 'vitest';
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

/** Output, errors and exit code, if the ProxyVM answers that to `status`. */
async function runWith(program: string, given: string) {
    const directory = await mkdtemp(join(tmpdir(), 'client-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const command = '-d sys-filter root:QUBESRPC qubes.FilterProxy+status dom0';
    const qrexecClient = join(directory, 'qrexec-client');
    await writeFile(join(directory, 'answer'), given);
    await writeFile(
        qrexecClient,
        `#!/bin/sh\n[ "$*" = '${command}' ] && exec cat ${directory}/answer\n`,
        { mode: 0o755 },
    );
    const { stdout, stderr, exitCode } = await execa(
        'python3',
        ['-c', program, 'sys-filter'],
        {
            env: { PATH: `${directory}:${process.env['PATH']}` },
            reject: false,
            stripFinalNewline: false,
        },
    );
    return [stdout, stderr, exitCode];
}

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

    test('has a program that tells what an answer says, and no more', async () => {
        const [, program = ''] = /^```python\n(.*?)^```$/ms.exec(text) ?? [];
        const served = JSON.stringify(examples[1]);
        const refused = JSON.stringify(examples[2]);
        const hostile = served.replace('"work"', '"\\u001b]0;x\\u0007"');
        for (const [given, ...said] of [
            [served, "'work' 'served'\n", '', 0],
            [
                refused,
                '',
                "refused: 'a newer document is in force already'\n",
                1,
            ],
            [hostile, "'\\x1b]0;x\\x07' 'served'\n", '', 0],
            ['', '', 'no answer, or none that makes sense\n', 1],
            ['[]', '', 'no answer, or none that makes sense\n', 1],
            [
                '['.repeat(99_999),
                '',
                'no answer, or none that makes sense\n',
                1,
            ],
            [
                `{}${' '.repeat(4194304)}`,
                '',
                'no answer, or none that makes sense\n',
                1,
            ],
        ] as const) {
            expect(await runWith(program, given)).toEqual(said);
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
