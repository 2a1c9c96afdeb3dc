// A program in parts. esbuild splits ECMAScript modules alone: they are made
// CommonJS, which Node.js loads faster, once they are split.
import { basename } from 'node:path';
import { transform } from 'esbuild';
import { language } from './bundling.mjs';

const common = 'common-';

/** What esbuild is to be told besides. */
export const splitting = {
    format: 'esm',
    splitting: true,
    chunkNames: `${common}[hash]`,
    write: false,
};

/** The files to write; the metafile names them as esbuild did. */
export async function asCommonJs(metafile, outputFiles) {
    const names = namesOfCommon(metafile);
    const renamed = (text) =>
        names.reduce((all, [from, to]) => all.replaceAll(from, to), text);
    return Promise.all(
        outputFiles.map(async ({ path, text }) => {
            const { code } = await transform(kept(renamed(text)), commonJs);
            return { path: renamed(path), text: code };
        }),
    );
}

/** Only what counts as a licence is left in: so do the names of our files. */
function kept(text) {
    return text.replaceAll(/^\/\/ (?=\S+\/\S+\.[cm]?[jt]s$)/gm, '//! ');
}

const commonJs = {
    ...language,
    banner: '"use strict";',
    format: 'cjs',
    // import() of CommonJS would scan all of it for what it exports.
    supported: { 'dynamic-import': false },
};

/**
 * What parts have in common is called by the first of them: the hash would be
 * another one with each change.
 */
function namesOfCommon({ outputs }) {
    const names = new Map();
    for (const [output, { entryPoint, imports }] of Object.entries(outputs)) {
        const found = imports
            .map(({ path }) => basename(path))
            .filter((name) => name.startsWith(common) && !names.has(name));
        if (found.length > 1) {
            throw new Error(`${output} has ${found.length} parts in common`);
        }
        if (entryPoint !== undefined && found.length === 1) {
            names.set(found[0], `${basename(output, '.cjs')}-common.cjs`);
        }
    }
    return [...names];
}
