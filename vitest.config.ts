import { defineConfig } from 'vitest/config';
import packageJson from './package.json' with { type: 'json' };
import { handlebarsTemplatesForVite } from './templates.mjs';
import { LongestFirst } from './test/longest-first.ts';

export default defineConfig({
    plugins: [handlebarsTemplatesForVite()],
    define: { PROGRAM_VERSION: JSON.stringify(packageJson.version) },
    test: {
        sequence: { sequencer: LongestFirst },
        // Its ES modules are as it is bundled, and not as Node.js takes them.
        server: { deps: { inline: [/tldts/] } },
        projects: [
            {
                extends: true,
                test: {
                    name: 'unit',
                    // Times are shown as the user's clock has them.
                    env: { TZ: 'UTC' },
                    include: ['test/**/*.test.ts'],
                    exclude: ['test/**/*.live.test.ts'],
                    // All cores: nobody works on the machine meanwhile.
                    maxWorkers: '100%',
                    // Modules are loaded once: no test changes what they hold.
                    isolate: false,
                    // Thousands of random cases on a busy machine.
                    testTimeout: 120_000,
                },
            },
            {
                extends: true,
                test: {
                    // On three testbeds, so three files at a time: see bed.ts.
                    name: 'live',
                    include: ['test/live/**/*.live.test.ts'],
                    maxWorkers: 3,
                    testTimeout: 60_000,
                    hookTimeout: 120_000,
                },
            },
        ],
    },
});
