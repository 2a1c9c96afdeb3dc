// The options of all commands.

/** Flag and description of each option. */
export const optionTable = {
    dryRun: ['--dry-run', 'print what would be done, and do nothing'],
    asIs: ['--as-is', 'store an expression as it is typed'],
    comment: ['--comment <TEXT>', 'a remark to store with the rules'],
    expire: ['--expire <TIME>', 'until then: 30m, 2h, +3600, 2026-12-24'],
    untilShutdown: ['--until-shutdown', 'until the qube shuts down'],
    template: ['--template', 'its template is meant, not the qube itself'],
    clear: ['--clear', 'take away the rules, which would mean the opposite'],
    since: ['--since <TIME>', 'only since then: 1h, today, 2026-12-24'],
    follow: ['--follow', 'go on and print what is refused as it happens'],
    notify: ['--notify', 'go on and show it on the desktop as it happens'],
    allow: ['--allow', 'choose hosts to allow from the list'],
    refused: ['--refused', 'only what is refused; record nothing else'],
    drain: ['--drain', 'let open connections end by themselves'],
    all: ['--all', 'all of them, without naming them'],
    exclude: ['--exclude <QUBE>', 'with --all: not this one; may be repeated'],
    to: ['--to <NUMBER>', 'this change, and all after it'],
    removed: ['--removed', 'what was set aside when qubes were removed'],
    effective: ['--effective', 'all rules that hold, with their files'],
    usage: ['--usage', 'how often each rule was used, where it is counted'],
    forget: ['--forget', 'with --usage: begin to count anew'],
    fix: ['--fix', 'remove lines that change nothing'],
    narrow: ['--narrow', 'with --fix: write loose rules more narrowly'],
    from: ['--from <QUBE>', 'the removed qube, if it had another name'],
    date: ['--date <DATE>', 'when it was set aside, or the beginning of that'],
    apply: ['--apply', 'do it; without this it is only shown'],
    remove: ['--remove', 'take them back'],
    replace: ['--replace', 'put files in the place of others'],
    map: ['--map <FILE=QUBE>', 'whom an old file is for; may be repeated'],
    set: ['--set <NAME>', 'make a set of a list of domains'],
    for: ['--for <TIME>', 'for so long: 30m, 2h, 1d'],
    stop: ['--stop', 'end it now'],
    netvm: ['--netvm <NETVM>', 'the netvm that the ProxyVM is to have'],
    basedOn: ['--based-on <TEMPLATE>', 'the template of a new ProxyVM'],
    yes: ['--yes', 'do it without asking'],
    lock: ['--lock', 'lock the qubes as well, without asking'],
    noLock: ['--no-lock', 'do not lock them, without asking'],
} as const;

/** Those that every command has. */
export const globalOptions = {
    verbose: ['-v, --verbose', 'say in detail what is done'],
    quiet: ['-q, --quiet', 'say nothing when all is well'],
    json: ['--json', 'print the result as JSON'],
    timings: ['--timings', 'say at the end what took how long'],
    help: ['-h, --help', 'print this help'],
} as const;

/** What commander makes of the options; those not given are missing. */
export interface Flags {
    readonly json?: true;
    readonly timings?: true;
    readonly verbose?: true;
    readonly quiet?: true;
    readonly dryRun?: true;
    readonly asIs?: true;
    readonly template?: true;
    readonly comment?: string;
    readonly clear?: true;
    readonly expire?: string;
    readonly untilShutdown?: true;
    readonly since?: string;
    readonly follow?: true;
    readonly notify?: true;
    readonly allow?: true;
    readonly refused?: true;
    readonly drain?: true;
    readonly all?: true;
    readonly to?: string;
    readonly removed?: true;
    readonly effective?: true;
    readonly usage?: true;
    readonly forget?: true;
    readonly fix?: true;
    readonly narrow?: true;
    readonly from?: string;
    readonly date?: string;
    readonly apply?: true;
    readonly remove?: true;
    readonly replace?: true;
    readonly map?: readonly string[];
    readonly set?: string;
    readonly for?: string;
    readonly stop?: true;
    readonly netvm?: string;
    readonly basedOn?: string;
    readonly yes?: true;
    /** False for --no-lock. */
    readonly lock?: boolean;
    readonly exclude?: readonly string[];
}
