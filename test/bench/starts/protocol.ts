/** Milliseconds after `domain-pre-spawn` of the qube. */
export interface StartTimes {
    /** The daemon has looked, and calls the agent. */
    readonly called: number;
    /** The agent has answered: the proxy answers the qube. */
    readonly served: number;
    /** `domain-start` has arrived. */
    readonly started: number;
}
