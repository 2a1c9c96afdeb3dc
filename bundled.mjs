// What of others is in the bundles, from what esbuild says it put there.
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

const packagePath = /^node_modules\/(@[^/]+\/[^/]+|[^/]+)\//;

/**
 * The text of BUNDLED for the programs of an esbuild metafile: each package
 * with its version, its licence and the programs that it is in, then the
 * licences themselves.
 */
export async function bundledText(metafile) {
    const programs = new Map();
    for (const [output, { inputs }] of Object.entries(metafile.outputs)) {
        const program = basename(output, '.cjs');
        // What was tree-shaken away is not there.
        const used = Object.keys(inputs).filter(
            (path) => inputs[path].bytesInOutput > 0,
        );
        for (const path of used) {
            const name = packagePath.exec(path)?.[1];
            if (name !== undefined) {
                const others = programs.get(name) ?? new Set();
                programs.set(name, others.add(program));
            }
        }
    }
    const names = [...programs.keys()].sort();
    const packages = await Promise.all(
        names.map((name) => describePackage(name, programs.get(name))),
    );
    return [
        'What of others is in the programs of this package:',
        '',
        ...packages.map(({ line }) => line),
        ...packages.map(
            ({ name, licence }) => `\nThe licence of ${name}:\n\n${licence}`,
        ),
        '',
    ].join('\n');
}

async function describePackage(name, programs) {
    const directory = `node_modules/${name}`;
    const { version, license } = JSON.parse(
        await readFile(`${directory}/package.json`, 'utf8'),
    );
    const files = await readdir(directory);
    const file = files.find((each) => /^licen[cs]e(\.|$)/i.test(each));
    if (typeof license !== 'string' || file === undefined) {
        throw new Error(`${name} does not say its licence`);
    }
    const where = [...programs].sort().join(', ');
    return {
        name,
        line: `${name} ${version} (${license}): ${where}`,
        licence: (await readFile(`${directory}/${file}`, 'utf8')).trim(),
    };
}
