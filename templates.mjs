// Handlebars templates as modules, precompiled: for esbuild and for vitest.
// What is shipped holds plain functions and needs no code generation.
import { readFile } from 'node:fs/promises';
import Handlebars from 'handlebars';

// A missing value is an error (strict). Values reach a template only as parsed
// domain types. Configuration files are not HTML, pages are: there each value
// is escaped.
const options = { strict: true, knownHelpersOnly: true, srcName: undefined };

async function templateModule(path) {
    const source = await readFile(path, 'utf8');
    const noEscape = !path.endsWith('.html.hbs');
    return [
        "import Handlebars from 'handlebars/runtime.js';",
        'export const render = Handlebars.template(',
        `${Handlebars.precompile(source, { ...options, noEscape })});`,
    ].join('\n');
}

/** The esbuild plugin. */
export function handlebarsTemplates() {
    return {
        name: 'handlebars-templates',
        setup(build) {
            build.onLoad({ filter: /\.hbs$/ }, async ({ path }) => ({
                contents: await templateModule(path),
                loader: 'js',
            }));
        },
    };
}

/** The same for vite, which vitest loads sources with. */
export function handlebarsTemplatesForVite() {
    return {
        name: 'handlebars-templates',
        enforce: 'pre',
        load: (id) => (id.endsWith('.hbs') ? templateModule(id) : null),
    };
}
