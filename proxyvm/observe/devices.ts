import { readFileSync } from 'node:fs';
import { parsedOrFail } from '../commands.ts';
import { parseDevices } from '../core/parse-devices.ts';
import { paths } from '../paths.ts';

/** The names of this ProxyVM's network devices. */
export function readDevices(): ReadonlySet<string> {
    const text = readFileSync(paths.devices, 'latin1');
    return parsedOrFail(paths.devices, parseDevices(text));
}
