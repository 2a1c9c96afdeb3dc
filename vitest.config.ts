import { defineConfig } from 'vitest/config';
import packageJson from './package.json' with { type: 'json' };
import { handlebarsTemplatesForVite } from './templates.mjs';

export default defineConfig({
    plugins: [handlebarsTemplatesForVite()],
    define: { PROGRAM_VERSION: JSON.stringify(packageJson.version) },
    test: {
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
                    // Thousands of random cases on a busy machine.
                    testTimeout: 120_000,
                },
            },
            {
                extends: true,
                test: {
                    // One testbed, so one file at a time.
                    name: 'live',
                    include: ['test/live/**/*.live.test.ts'],
                    fileParallelism: false,
                    testTimeout: 60_000,
                    hookTimeout: 120_000,
                },
            },
        ],
    },
});
