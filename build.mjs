// Builds one readable bundle per program into dist/: what a package ships.
// dom0 and templates get no node_modules and no template compiler.
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { handlebarsTemplates } from './templates.mjs';

const { version } = JSON.parse(
    await readFile(new URL('package.json', import.meta.url), 'utf8'),
);

const common = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'inline',
    // Of the list of public suffixes one copy: see suffixes-below.ts.
    mainFields: ['module', 'main'],
    define: { PROGRAM_VERSION: JSON.stringify(version) },
    plugins: [handlebarsTemplates()],
    logLevel: 'warning',
};

// CommonJS: Node.js loads it faster, and under any name.
await build({
    ...common,
    format: 'cjs',
    banner: { js: '#!/usr/bin/node' },
    entryPoints: {
        'qvm-filterproxy': 'dom0/bin/qvm-filterproxy.ts',
        'qubes-filterproxyd': 'dom0/bin/qubes-filterproxyd.ts',
        'filterproxy-agent': 'proxyvm/bin/filterproxy-agent.ts',
        'filterproxy-recorder': 'proxyvm/bin/filterproxy-recorder.ts',
    },
    outExtension: { '.js': '.cjs' },
    outdir: 'dist/bin',
});

// What filterproxy-agent loads.
await build({
    ...common,
    format: 'cjs',
    entryPoints: { agent: 'proxyvm/bin/agent.ts' },
    outExtension: { '.js': '.cjs' },
    outdir: 'dist/bin',
});

// What the testbed and the benchmark run waits at its top level. Libraries
// in CommonJS call require() at run time.
const require = [
    '#!/usr/bin/env node',
    "import { createRequire as _createRequire } from 'node:module';",
    'const require = _createRequire(import.meta.url);',
].join('\n');

for (const name of ['testbed', 'bench']) {
    await build({
        ...common,
        format: 'esm',
        banner: { js: require },
        entryPoints: [`test/${name}/bin/*.ts`],
        outExtension: { '.js': '.mjs' },
        outdir: `dist/${name}`,
    });
}
