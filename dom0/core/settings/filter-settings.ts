// What settings make of a qube's filter.
import type { Filter } from '../../../shared/protocol/desired-state.ts';

/** All of a filter that is not its rules. */
export type FilterSettings = Pick<
    Filter,
    | 'connectPorts'
    | 'httpPorts'
    | 'upstreams'
    | 'privateDestinations'
    | 'timeoutSeconds'
    | 'maxClients'
    | 'record'
>;

/** Whether it is counted how often the rules are used. */
export function countsUsage({ record }: FilterSettings): boolean {
    return record === 'all';
}

/** What holds without any setting. */
export const defaultSettings: FilterSettings = {
    connectPorts: [443],
    httpPorts: [80],
    upstreams: [],
    privateDestinations: [],
    /** As tinyproxy's own. */
    timeoutSeconds: 600,
    /** A browser with many tabs stays well below. */
    maxClients: 512,
    record: 'refused',
};
