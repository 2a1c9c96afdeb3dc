// How every bundle is made: what a package ships, and what tests run.
import { readFile } from 'node:fs/promises';
import { handlebarsTemplates } from './templates.mjs';

const { version } = JSON.parse(
    await readFile(new URL('package.json', import.meta.url), 'utf8'),
);

/** What all programs are written in. */
export const language = { platform: 'node', target: 'node20', charset: 'utf8' };

/** What esbuild is to be told of all of them. */
export const bundling = {
    ...language,
    bundle: true,
    legalComments: 'inline',
    // Of the list of public suffixes one copy: see suffixes-below.ts.
    mainFields: ['module', 'main'],
    define: { PROGRAM_VERSION: JSON.stringify(version) },
    plugins: [handlebarsTemplates()],
    logLevel: 'warning',
};
