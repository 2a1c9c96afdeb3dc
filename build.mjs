// Builds one readable bundle per program into dist/: what a package ships.
// dom0 and templates get no node_modules and no template compiler.
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { handlebarsTemplates } from './templates.mjs';

const { version } = JSON.parse(
    await readFile(new URL('package.json', import.meta.url), 'utf8'),
);

// commander and handlebars are CommonJS: they call require() at run time.
const banner = [
    '#!/usr/bin/env node',
    "import { createRequire as _createRequire } from 'node:module';",
    'const require = _createRequire(import.meta.url);',
].join('\n');

const common = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    charset: 'utf8',
    legalComments: 'inline',
    banner: { js: banner },
    define: { PROGRAM_VERSION: JSON.stringify(version) },
    outExtension: { '.js': '.mjs' },
    plugins: [handlebarsTemplates()],
    logLevel: 'warning',
};

await build({
    ...common,
    entryPoints: {
        'qvm-filterproxy': 'dom0/bin/qvm-filterproxy.ts',
        'filterproxy-agent': 'proxyvm/bin/filterproxy-agent.ts',
    },
    outdir: 'dist/bin',
});

await build({
    ...common,
    entryPoints: ['test/testbed/bin/*.ts'],
    outdir: 'dist/testbed',
});

await build({
    ...common,
    entryPoints: ['test/bench/bin/*.ts'],
    outdir: 'dist/bench',
});
