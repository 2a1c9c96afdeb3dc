// Builds readable bundles into dist/: what a package ships.
// dom0 and templates get no node_modules and no template compiler.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundledText } from './bundled.mjs';
import { asCommonJs, language, splitting } from './parts.mjs';
import { handlebarsTemplates } from './templates.mjs';

const { version } = JSON.parse(
    await readFile(new URL('package.json', import.meta.url), 'utf8'),
);

const common = {
    ...language,
    bundle: true,
    legalComments: 'inline',
    // Of the list of public suffixes one copy: see suffixes-below.ts.
    mainFields: ['module', 'main'],
    define: { PROGRAM_VERSION: JSON.stringify(version) },
    plugins: [handlebarsTemplates()],
    logLevel: 'warning',
};

const destination = 'dist/bin';

// CommonJS: Node.js loads it faster, and under any name.
const toShip = {
    ...common,
    outExtension: { '.js': '.cjs' },
    outdir: destination,
    metafile: true,
};

/** Makes one file of each; returns what is in them. */
async function shipped(entryPoints) {
    const { metafile } = await build({ ...toShip, entryPoints, format: 'cjs' });
    return metafile.outputs;
}

/**
 * Makes a program in parts: a file of each entry, which loads the later ones
 * when it needs them, and files of what they have in common.
 */
async function shippedInParts(entryPoints) {
    const { metafile, outputFiles } = await build({
        ...toShip,
        ...splitting,
        entryPoints,
    });
    await mkdir(destination, { recursive: true });
    for (const { path, text } of await asCommonJs(metafile, outputFiles)) {
        await writeFile(path, text);
    }
    return metafile.outputs;
}

/** What of others is in them is listed beside them. */
async function list(side, ...programs) {
    const outputs = Object.assign({}, ...programs);
    await mkdir(`${destination}/${side}`, { recursive: true });
    await writeFile(
        `${destination}/${side}/BUNDLED`,
        await bundledText({ outputs }),
    );
}

await list(
    'dom0',
    await shippedInParts({
        'qvm-filterproxy': 'dom0/bin/qvm-filterproxy.ts',
        // What it loads when a command runs, and what that loads.
        commands: 'dom0/bin/commands.ts',
        dialogues: 'dom0/bin/dialogues.ts',
    }),
    await shipped({ 'qubes-filterproxyd': 'dom0/bin/qubes-filterproxyd.ts' }),
);
await list(
    'vm',
    await shipped({
        'filterproxy-agent': 'proxyvm/bin/filterproxy-agent.ts',
        'filterproxy-recorder': 'proxyvm/bin/filterproxy-recorder.ts',
        // What filterproxy-agent loads.
        agent: 'proxyvm/bin/agent.ts',
    }),
);

await build({
    ...common,
    format: 'cjs',
    entryPoints: ['test/testbed/bin/*.ts'],
    outExtension: { '.js': '.cjs' },
    outdir: 'dist/testbed',
    banner: { js: '#!/usr/bin/env node' },
});

// The benchmark waits at its top level, and knows where it is. Libraries in
// CommonJS call require() at run time.
const require = [
    '#!/usr/bin/env node',
    "import { createRequire as _createRequire } from 'node:module';",
    'const require = _createRequire(import.meta.url);',
].join('\n');

await build({
    ...common,
    format: 'esm',
    banner: { js: require },
    entryPoints: ['test/bench/bin/*.ts'],
    outExtension: { '.js': '.mjs' },
    outdir: 'dist/bench',
});
