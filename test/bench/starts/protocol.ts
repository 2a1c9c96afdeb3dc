/**
 * What is asked, as a line of JSON: start this qube, and say when the daemon's
 * work for it was done, or that of a service that is called at the same moment.
 */
export interface StartRequest {
    readonly qube: string;
    readonly proxyvm: string;
    /** Null: the daemon does what it does. */
    readonly service: string | null;
}

/** Milliseconds after `domain-pre-spawn` of the qube. */
export interface StartTimes {
    /** The agent, or the service, is called. */
    readonly called: number;
    /** It has answered; of the agent: the proxy answers the qube. */
    readonly served: number;
    /** `domain-start` has arrived. */
    readonly started: number;
}
