// Desktop notifications, by libnotify's notify-send: it finds the notification
// server of the session that we are in.
import type { RunCommand } from '../../shared/io/run-command.ts';
import { toPrintable } from '../../shared/printable.ts';
import { err, ok, type Result } from '../../shared/result.ts';

export interface Notification {
    readonly summary: string;
    /** Plain text: it is escaped here. */
    readonly body: string;
    /** Labels of buttons, where the desktop has such. */
    readonly actions: readonly string[];
}

/**
 * Shows it, and waits until it is gone if there is a button. Says which button
 * was pressed, by its place, or null; or why it could not be shown.
 */
export type Notify = (
    notification: Notification,
) => Promise<Result<number | null, string>>;

/** Milliseconds for which it is shown. */
const shownMs = 20_000;

/** Milliseconds: some desktops keep it, and its button, for as long as they like. */
const waitMs = 60_000;

export function libnotify(run: RunCommand): Notify {
    return async ({ summary, body, actions }) => {
        const outcome = await run(
            'notify-send',
            [
                '--app-name=qvm-filterproxy',
                '--icon=dialog-warning',
                `--expire-time=${shownMs}`,
                ...actions.map((label, at) => `--action=${at}=${label}`),
                '--',
                summary,
                escapeMarkup(body),
            ],
            { timeoutMs: waitMs, maxBytes: 4096 },
        );
        if (outcome.exitCode === 0 || outcome.timedOut) {
            return ok(pressed(outcome.stdout.toString('utf8'), actions.length));
        }
        const untrusted_why = outcome.startError ?? outcome.stderr.toString();
        return err(`notify-send: ${toPrintable(untrusted_why, 200)}`);
    };
}

/** A body is markup (Desktop Notifications Specification, "Markup"). */
function escapeMarkup(text: string): string {
    return text
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;');
}

function pressed(untrusted_output: string, count: number): number | null {
    const place = /^[0-9]$/.test(untrusted_output.trim())
        ? Number(untrusted_output)
        : count;
    return place < count ? place : null;
}
