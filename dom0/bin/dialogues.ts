// What commands load when a person is to pick or to watch.
export { terminalPick } from '../adapters/picker.ts';
export * from '../cli/dialogues.ts';
