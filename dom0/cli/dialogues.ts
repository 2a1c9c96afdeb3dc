// The commands that take a while with a person: loaded when one of them runs.
// With them comes the list of public suffixes.
export { othersBelow } from '../core/registrable.ts';
export { suggestRules } from './commands/suggest.ts';
export { watch } from './commands/watch.ts';
