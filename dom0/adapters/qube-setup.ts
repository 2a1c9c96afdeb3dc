// What `setup` asks of Qubes, and changes there.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { RunCommand } from '../../shared/io/run-command.ts';
import { parseFeatures, parseFollowing } from '../core/setup/parse-features.ts';
import type { Features } from '../core/setup/template.ts';
import { orFailure, outputOf, runTool, type ToolProblem } from './tool.ts';

export interface QubeSetup {
    features(name: QubeName): Promise<Features>;
    /** Whether its netvm is the default one, and not one of its own. */
    followsDefault(name: QubeName): Promise<boolean>;
    /** Runs a qvm-tool to its end; what was wrong, or null. */
    run(command: readonly string[]): Promise<ToolProblem | null>;
}

/**
 * Milliseconds: a qube that starts is waited for a minute (qrexec_timeout),
 * and one that shuts down for another before it is killed.
 */
const timeoutMs = 180_000;

export function toolQubeSetup(run: RunCommand): QubeSetup {
    return {
        features: async (name) =>
            orFailure(
                'qvm-features',
                parseFeatures(await outputOf(run, 'qvm-features', [name])),
            ),
        followsDefault: async (name) =>
            orFailure(
                'qvm-prefs',
                parseFollowing(await outputOf(run, 'qvm-prefs', [name])),
            ),
        async run([file = '', ...args]) {
            // Cut short, qubesd would go on with it.
            const options = { timeoutMs, isSheltered: true };
            const result = await runTool(run, file, args, options);
            return result.ok ? null : result.error;
        },
    };
}
