// Builds readable bundles into dist/bin/: what a package ships.
// dom0 and templates get no node_modules and no template compiler.
import { mkdir, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundledText } from './bundled.mjs';
import { bundling } from './bundling.mjs';
import { asCommonJs, splitting } from './parts.mjs';

const destination = 'dist/bin';

// CommonJS: Node.js loads it faster, and under any name.
const toShip = {
    ...bundling,
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
