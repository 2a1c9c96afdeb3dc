// Bundles what tests run and no package ships: the programs of the testbed and
// of the benchmark, into dist/testbed/ and dist/bench/.
import { build } from 'esbuild';
import { bundling } from '../bundling.mjs';

await build({
    ...bundling,
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
    ...bundling,
    format: 'esm',
    banner: { js: require },
    entryPoints: ['test/bench/bin/*.ts'],
    outExtension: { '.js': '.mjs' },
    outdir: 'dist/bench',
});
