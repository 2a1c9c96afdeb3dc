// What came of `kill-all`.
import { toWords } from '../../../shared/printable.ts';
import type { Visit } from '../../core/situation.ts';
import type { Hold } from '../../core/stopped.ts';
import { describeEnded } from '../../words/ended.ts';
import { withDetails } from '../output.ts';
import { sinceAndBy, startHints } from './held.ts';

/** `held` is the hold that was there already. */
export function describeKill(
    held: Hold | null,
    isTrial: boolean,
    isUnsure: boolean,
): string[] {
    const done = isUnsure ? ': noted as stopped' : ': stopped';
    const fate = isTrial ? ' would be stopped' : done;
    const what =
        held === null
            ? `all qubes${fate}, also those that get rules later`
            : `all qubes: are already stopped (${sinceAndBy(held)})`;
    return withDetails(what, startHints);
}

/** A ProxyVM that took it. */
export function describeSilenced(
    { proxyvm, result }: Visit,
    isVerbose: boolean,
): string[] {
    if (!result.ok) {
        return [];
    }
    const ended = describeEnded(result.value);
    const loss = ended === null ? '' : `; ${ended}`;
    const steps = result.value.steps.map((step) => toWords(step));
    return withDetails(
        `${proxyvm}: serves nobody${loss}`,
        isVerbose ? steps : [],
    );
}

/** That it could not be written: nothing keeps anybody from serving them again. */
export function explainUnnoted(why: string, first: readonly Visit[]): string {
    const silenced = first.flatMap(({ proxyvm, result }) =>
        result.ok ? [proxyvm] : [],
    );
    const now =
        silenced.length === 0
            ? 'nobody was stopped'
            : `${silenced.join(', ')}: serves nobody, but not for long`;
    return withDetails(`${why}; so nobody is noted as stopped`, [
        now,
        'to keep it so until that is mended: ' +
            'sudo systemctl stop qubes-filterproxyd; qvm-filterproxy kill-all',
    ]).join('\n');
}
