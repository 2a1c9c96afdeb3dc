// What a page's Content-Security-Policy lets through by its hash, and nothing
// else: test/proxyvm/page.test.ts holds the hashes to it.

/**
 * In no rule is a bare word between braces: tinyproxy would take it for one of
 * its variables.
 */
export const style = [
    ':root{color-scheme:light dark;--page:#f4f4f6;--card:#fff;--line:#d9d9e0;',
    '--text:#1d1d26;--soft:#5b5b6b;--code:#f0f0f4}',
    '@media(prefers-color-scheme:dark){:root{--page:#16161c;--card:#212129;',
    '--line:#3a3a46;--text:#ececf2;--soft:#a9a9b8;--code:#16161c}}',
    '*{box-sizing:border-box}',
    'body{margin:0;min-height:100vh;display:grid;place-items:center;',
    'padding:1rem;background:var(--page);color:var(--text);',
    'font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}',
    'main{width:100%;max-width:40rem;padding:clamp(1.25rem,5vw,2.5rem);',
    'background:var(--card);border:1px solid var(--line);border-radius:.75rem}',
    'h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.3;text-wrap:balance}',
    'p{margin:0 0 .75rem}',
    '.from,.note{color:var(--soft);font-size:.875rem}',
    'pre{margin:0 0 1rem;padding:.75rem 1rem;background:var(--code);',
    'border:1px solid var(--line);border-radius:.5rem;',
    'font:.9375rem/1.5 ui-monospace,monospace;white-space:pre-wrap}',
    'main>:last-child{margin:0}',
].join('');

/**
 * Puts the host of the page's address where it belongs, as text. Only a name
 * that means nothing to a shell: it stands in a command to be typed in dom0,
 * and whoever makes a link chooses it.
 */
export const script = [
    'if(/^[a-z0-9][a-z0-9.-]*$/.test(location.hostname))',
    "for(const e of document.querySelectorAll('[data-host]'))",
    'e.textContent=location.hostname',
].join('');

export const styleHash = 'sha256-R0Gyqt7AI0Uxtok1qYrAvrJ6b0pP7DokH6qsNv+ud6U=';
export const scriptHash = 'sha256-wbsW4UvPIOcTZZiJ6VbIe0YuEa9gQNvq9jkMyC9Nudg=';
