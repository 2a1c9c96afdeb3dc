// Builds one readable bundle per program into dist/: what a package ships.
// dom0 and templates get no node_modules and no template compiler.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundledText } from './bundled.mjs';
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

// What of others is in them is listed beside them.
async function shipped(options) {
    const { metafile } = await build({
        ...common,
        ...options,
        // CommonJS: Node.js loads it faster, and under any name.
        format: 'cjs',
        outExtension: { '.js': '.cjs' },
        outdir: 'dist/bin',
        metafile: true,
    });
    return metafile.outputs;
}

async function list(side, ...programs) {
    const outputs = Object.assign({}, ...programs);
    await mkdir(`dist/bin/${side}`, { recursive: true });
    await writeFile(`dist/bin/${side}/BUNDLED`, await bundledText({ outputs }));
}

const program = { js: '#!/usr/bin/node' };

await list(
    'dom0',
    await shipped({
        banner: program,
        entryPoints: {
            'qvm-filterproxy': 'dom0/bin/qvm-filterproxy.ts',
            'qubes-filterproxyd': 'dom0/bin/qubes-filterproxyd.ts',
        },
    }),
);
await list(
    'vm',
    await shipped({
        banner: program,
        entryPoints: {
            'filterproxy-agent': 'proxyvm/bin/filterproxy-agent.ts',
            'filterproxy-recorder': 'proxyvm/bin/filterproxy-recorder.ts',
        },
    }),
    // What filterproxy-agent loads.
    await shipped({ entryPoints: { agent: 'proxyvm/bin/agent.ts' } }),
);

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
