// Where programs in a qube find its proxy, whatever its gateway is.
import { limits } from '../../../shared/protocol/limits.ts';

export const localHost = '127.0.0.1';
export const localPort = limits.gatewayPort;
export const localAddress = `${localHost}:${localPort}`;

/** Hosts that are the qube itself. */
export const notProxied = ['localhost', '127.0.0.1', '::1'] as const;

/** In every file that is written into a qube: what has it is ours. */
export const mark = 'written by qvm-filterproxy client';

/** The same for whoever finds the file. */
export const markLine =
    `${mark}; to take it back, in dom0: ` +
    'qvm-filterproxy client QUBE --remove';
