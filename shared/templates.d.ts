// A precompiled Handlebars template: see templates.mjs.
declare module '*.hbs' {
    export function render(view: object): string;
}

/** The version of package.json, put in by the bundler. */
declare const PROGRAM_VERSION: string;
