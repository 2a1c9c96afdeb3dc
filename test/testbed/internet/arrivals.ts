// The log of all that arrives at the origins, one JSON object a line.
import { appendFileSync } from 'node:fs';
import { arrivedFile } from '../xen/paths.ts';
import type { Destination } from './destination.ts';

/** A connection, or a request on one. */
export type Arrival =
    | ({ readonly kind: 'connection' } & Destination)
    | ({
          readonly kind: 'request';
          readonly scheme: 'http' | 'https';
          /** The server name that TLS asked for, false if none. */
          readonly sni: string | false | null;
          readonly host: string | null;
          readonly method: string | null;
          readonly path: string | null;
      } & Destination);

/** Written before anything is answered. */
export function logArrival(arrival: Arrival): void {
    const line = JSON.stringify({ time: new Date().toISOString(), ...arrival });
    appendFileSync(arrivedFile, `${line}\n`);
}
