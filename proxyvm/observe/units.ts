import type { RunCommand } from '../../shared/io/run-command.ts';
import { parsedOrFail, runOrFail } from '../commands.ts';
import { type ObservedUnits, parseUnits } from '../core/parse-units.ts';
import { units } from '../paths.ts';

export async function observeUnits(run: RunCommand): Promise<ObservedUnits> {
    const stdout = await runOrFail(run, 'systemctl', [
        'list-units',
        '--all',
        '--output=json',
        units.allProxies,
        'qubes-filterproxy-drain@*.timer',
        'qubes-filterproxy-expiry-*.timer',
        units.resolvers,
    ]);
    return parsedOrFail('systemctl', parseUnits(stdout));
}
