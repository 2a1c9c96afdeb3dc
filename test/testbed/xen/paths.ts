// Where things lie inside the testbed; `bed` (the script) makes them.
export const bed = '/run/bed';

/** The same directory as `state` of common.sh on the machine. */
export const state = `${bed}/state`;

export const project = `${bed}/project`;
export const node = `${bed}/node`;

/** Also in dom0, at the same place. */
export const dom0 = `${bed}/dom0`;
export const vchan = `${bed}/vchan`;
export const qubesdSocket = `${dom0}/qubesd.sock`;

/** The testbed's own way to the same qubesd, open while dom0's is closed. */
export const controlSocket = `${bed}/control.sock`;
/** Of testbedd. */
export const pidFile = `${bed}/testbedd.pid`;

/** What the packages put into dom0 and into a ProxyVM's template. */
export const dom0Tree = `${project}/dist/tree/dom0`;
export const vmTree = `${project}/dist/tree/vm`;

/** What the qubes' systemds say. */
export const consoles = `${state}/console`;

/** The made-up Internet's own names and log, see internet/. */
export const zoneFile = `${state}/zone.json`;
export const arrivedFile = `${state}/arrived.jsonl`;

export function scriptPath(name: string): string {
    return `${project}/test/testbed/xen/${name}`;
}
