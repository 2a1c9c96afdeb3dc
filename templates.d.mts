import type { Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin as VitePlugin } from 'vite';

export function handlebarsTemplates(): EsbuildPlugin;
export function handlebarsTemplatesForVite(): VitePlugin;
