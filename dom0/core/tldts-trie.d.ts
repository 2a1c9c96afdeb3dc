// The list itself, of which tldts types one build only.
declare module 'tldts/dist/es6/src/data/trie.js' {
    export * from 'tldts/dist/types/src/data/trie.js';
}
