import { build } from 'esbuild';
import packageJson from '../../package.json' with { type: 'json' };
import { handlebarsTemplates } from '../../templates.mjs';
import { bed } from './bed.ts';

/** Brings a program of ours, with all that it imports, into a qube. */
export async function installProgram(
    qube: string,
    source: string,
    path: string,
): Promise<void> {
    const require =
        "import { createRequire } from 'node:module';\n" +
        'const require = createRequire(import.meta.url);';
    const { outputFiles } = await build({
        entryPoints: [source],
        bundle: true,
        write: false,
        platform: 'node',
        target: 'node20',
        format: 'esm',
        banner: { js: require },
        define: { PROGRAM_VERSION: JSON.stringify(packageJson.version) },
        plugins: [handlebarsTemplates()],
        logLevel: 'warning',
    });
    const input = outputFiles[0]?.text ?? '';
    await bed.must(['qube', qube, 'sh', '-c', `cat >${path}`], { input });
}
