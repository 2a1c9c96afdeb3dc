// `blocked`, with all that it can do.
import type { CommandEntry } from './command-table.ts';
import { help } from './help.ts';
import type { Flags } from './option-table.ts';
import { optionsOf } from './options.ts';
import { UsageError } from './usage-error.ts';

export const blockedCommand: CommandEntry = {
    usage: 'blocked [QUBE...]',
    description: 'print which hosts qubes were refused, and allow some',
    options: [
        'since',
        'follow',
        'notify',
        'allow',
        'comment',
        'expire',
        'untilShutdown',
        'template',
        'dryRun',
    ],
    isQuery: true,
    helpText: help.blocked,
    async run({ commands, deps }, qubes, flags, streams) {
        checkFlags(flags);
        const asked = { qubes, since: flags.since ?? null };
        if (flags.follow) {
            const json = flags.json ?? false;
            return commands.followBlocked(deps, { ...asked, json }, streams);
        }
        if (flags.notify) {
            return commands.notifyBlocked(deps, qubes, streams);
        }
        return flags.allow
            ? commands.blockedAllow(deps, {
                  ...optionsOf(flags),
                  ...asked,
                  comment: flags.comment ?? null,
                  expire: flags.expire ?? null,
                  untilShutdown: flags.untilShutdown ?? false,
                  template: flags.template ?? false,
              })
            : commands.blocked(deps, asked);
    },
};

/** What goes on until it is ended does nothing else. */
const alone = {
    follow: ['allow', 'notify'],
    notify: ['allow', 'since', 'json'],
} as const;

/** Options that say how rules are added. */
const ofAllow = {
    comment: '--comment',
    expire: '--expire',
    untilShutdown: '--until-shutdown',
    template: '--template',
    dryRun: '--dry-run',
} as const;

function checkFlags(flags: Flags): void {
    for (const [name, others] of Object.entries(alone)) {
        for (const other of others) {
            if (flags[name as keyof typeof alone] && flags[other]) {
                throw new UsageError(
                    `argument --${other}: not allowed with argument --${name}`,
                );
            }
        }
    }
    for (const [name, flag] of Object.entries(ofAllow)) {
        if (!flags.allow && flags[name as keyof typeof ofAllow] !== undefined) {
            throw new UsageError(`${flag} can only be used with --allow`);
        }
    }
}
