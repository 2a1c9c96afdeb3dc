// Help texts: examples say more than options.

export const help = {
    program: `
QUBE may stand before the command, as with qvm-firewall; alone, it lists its
rules. A qube that is called like a command is reached behind --.

Examples:
  qvm-filterproxy allow work github.com .debian.org
  qvm-filterproxy lock work
  qvm-filterproxy check work https://gist.github.com/
  qvm-filterproxy show
  qvm-filterproxy stop work`,
    allow: `
PATTERN is a host (github.com), its subdomains (*.github.com), both
(.github.com), or a POSIX extended expression, which is narrowed to whole
names: github\\.com$ is stored as (^|\\.)github\\.com$.

Examples:
  qvm-filterproxy allow work github.com
  qvm-filterproxy allow work 'github\\.com$' --comment 'source code'
  qvm-filterproxy allow work .debian.org --expire 2h
  qvm-filterproxy allow work example.org --until-shutdown
  qvm-filterproxy allow disp1234 .debian.org --template
  qvm-filterproxy allow work .example.org --dry-run`,
    learn: `
For the time of --for (30m, 2h; at most 1d) the qube reaches every host through
its proxy, and it is recorded which ones it asks for. Then its rules hold again,
whatever has died meanwhile, and what is open is ended, as with "remove". Ports
and private addresses stay closed as they are. A second "learn" sets the time
anew; --stop ends it. "suggest" makes rules of what was asked for.

Examples:
  qvm-filterproxy learn work --for 30m
  qvm-filterproxy learn work --for 2h --dry-run
  qvm-filterproxy learn work --stop`,
    suggest: `
The fewest rules that would have served what the qube asked for since "learn", or
what it was refused: one for each host, or for a domain, where three or more of
its hosts are missing and all of them are of one registrant. Neither addresses
nor public suffixes (co.uk, github.io) are suggested. On a terminal you choose
from them (arrows, space, return); --all adds all. Rules are added as by "allow".

Examples:
  qvm-filterproxy suggest work
  qvm-filterproxy suggest work --all --dry-run
  qvm-filterproxy suggest disp1234 --all --template`,
    deny: `
For a qube with a block list ("qvm-filterproxy default QUBE allow"): it may
reach all hosts but those of its rules. PATTERN is a host with its subdomains
(ads.com), the subdomains alone (*.ads.com), or a POSIX extended expression,
which is stored as it is typed. What is open is ended, as with "remove".

For other qubes it says which rules let the hosts through.

Examples:
  qvm-filterproxy deny work ads.com tracker.net
  qvm-filterproxy deny work '^ads[0-9]*\\.' --comment 'ad servers'`,
    default: `
With "allow" the rules of a qube become a block list: it may reach all hosts
but those of its rules. That keeps programs from hosts that you name; it stops
none that wants around it. With "deny", which holds for every new qube, it may
reach the hosts of its rules and no others.

Rules would come to mean the opposite, so there must be none; --clear takes them
away. All that is open is ended, as with "remove".

Examples:
  qvm-filterproxy default work allow
  qvm-filterproxy deny work ads.com
  qvm-filterproxy default work deny --clear`,
    remove: `
A rule is named as it is stored, as it was typed, or by its number in
"qvm-filterproxy list QUBE".

All that the qube has open through its proxy is ended at once; programs
reconnect. With --drain it goes on by the rules of before until it ends by
itself, for an hour at most; what begins later goes by the new rules.

Examples:
  qvm-filterproxy remove work github.com
  qvm-filterproxy remove work 1 3
  qvm-filterproxy remove work example.org --drain`,
    edit: `
Opens the rule file in $VISUAL, $EDITOR, vi or nano. What is saved is checked:
if it has errors you may edit it again or leave all as it was. Then it is in
force. If somebody else changed the file meanwhile, nothing is, and what you
wrote is kept. --drain is as with "remove".

Examples:
  qvm-filterproxy edit work
  qvm-filterproxy edit work --dry-run`,
    undo: `
Takes the last change of a qube's rules back, whoever made it, by hand or by a
command; without a name the last one of all. With --to it takes back the change
of that number in "qvm-filterproxy history", and all after it. An undo is a
change as well: to take it back, undo again. --drain is as with "remove".

Examples:
  qvm-filterproxy undo work --dry-run
  qvm-filterproxy undo
  qvm-filterproxy undo work --to 12`,
    history: `
Prints the changes of rules, the newest first: number, time, qube, who made it
and how, and the lines that it took out (-) and put in (+). The last 100 of each
qube are kept.

Examples:
  qvm-filterproxy history
  qvm-filterproxy history work --json`,
    list: `
With --effective it prints all rules that hold, with the files that they are in
and the lines that include these; the numbers are those that "remove" takes.

With --removed it prints whose rules were set aside when the qube was removed,
when, in UTC, and how many; "qvm-filterproxy restore" brings them back.

With --usage it prints how often and when last each rule let something through
(of a block list: refused something), for qubes with the line "!usage on" in
their rule file. With --forget as well these counts begin anew.

Examples:
  qvm-filterproxy list
  qvm-filterproxy work
  qvm-filterproxy list work --effective
  qvm-filterproxy list --removed
  qvm-filterproxy list work --usage
  qvm-filterproxy list work --usage --forget`,
    lint: `
Finds rules that match hosts which are hardly meant, or none at all, rules that
another one makes superfluous or that were not used for 90 days while that was
counted, sets and tags that nobody uses, files of no qube,
and all errors; each with its place and what to do. Without a QUBE it looks at
all files, else at those that have rules for it.

With --fix it removes the lines without which the same hosts are let through.
With --narrow as well it also writes narrower rules, which let less through;
look at them with --dry-run first. The exit code is 1 if something is left.

Examples:
  qvm-filterproxy lint
  qvm-filterproxy lint work --fix
  qvm-filterproxy lint --fix --narrow --dry-run`,
    copy: `
Gives NEW, which must have no rules, a copy of those of OLD, with all comments.
A clone has no rules until then, and so has what the Qube Manager calls a
renamed qube, as it is a clone and OLD is removed: if it is gone already use
"qvm-filterproxy restore NEW --from OLD".

Examples:
  qvm-filterproxy copy work work-clone
  qvm-filterproxy copy work work-clone --dry-run`,
    import: `
PATH is one of
- the directory /rw/config/tinyproxy of the old guide, or an archive of it. Its
  files NAME.ADDRESS are for the qubes that have these addresses; --map says it
  for a file whose address no qube has. What its template sets becomes the
  settings of their ProxyVM.
- rule files of another dom0: a directory with qubes/, tags/, sets/ and
  proxies/, or an archive of "export".
- with --set, a list of domains as it is published to block them: a hosts file,
  a domain on each line, or rules like ||example.com^.

It shows what each pattern really matches and where it would go, and changes
nothing without --apply. If one file cannot be taken over, none is.

Examples:
  qvm-filterproxy import old.tar
  qvm-filterproxy import old.tar --map social.10.137.2.13=personal --apply
  qvm-filterproxy import rules.tar --replace --apply
  qvm-filterproxy import hosts.txt --set ads --apply`,
    export: `
Writes a tar archive of all rule files, or of those that hold for some qubes,
with the sets that they include. "qvm-filterproxy import" reads it. Whose the
files are is not in it: they are for the qubes of these names.

Examples:
  qvm-filterproxy export rules.tar
  qvm-filterproxy export work.tar work`,
    restore: `
When a qube is removed its rules are set aside, so that a new qube of the same
name starts with nothing. This gives them to QUBE, which must have no rules: the
newest that are set aside of its name, of another name with --from, or those of
a date that "qvm-filterproxy list --removed" prints.

Examples:
  qvm-filterproxy restore work
  qvm-filterproxy restore work --date 2026-11-24
  qvm-filterproxy restore office --from work --dry-run`,
    check: `
Asks no ProxyVM: it goes by the rules in dom0. Without a scheme both http and
https are meant. The exit code is 0 if all is allowed, 1 if not.

Examples:
  qvm-filterproxy check work gist.github.com
  qvm-filterproxy check work https://example.org:8443/ 1.1.1.1`,
    blocked: `
Prints the hosts that qubes were refused, each with how often and when, as their
ProxyVMs tell it; the newest is last. Without a QUBE, of all. What the rules let
through by now is marked. A ProxyVM that was restarted has forgotten what was
before. --since takes 30m, 2h, 1d, today or a date.

With --follow it goes on and prints what is refused as it happens, until ^C.

With --notify it shows on the desktop, once a minute, what each qube was refused
that it was not refused in the half hour before, with buttons to allow it. dom0's
desktop starts it by itself; to have it off:
  systemctl --user mask --now qubes-filterproxy-notices

With --allow it lets you choose from the hosts that a rule would let through,
with the arrow keys, space and enter. Each becomes a rule for that host and no
other, is shown, and is added after a yes, as "allow" adds it.

Examples:
  qvm-filterproxy blocked work
  qvm-filterproxy blocked --since today
  qvm-filterproxy blocked work --follow
  qvm-filterproxy blocked work --allow --expire 2h`,
    watch: `
Shows on the whole terminal which hosts qubes are refused, as it happens: the
newest first, requests for one host on one line, and of each what it would need.
Of qubes whose requests are all recorded it shows what is allowed, too. "a" lets
the qube reach the host or its whole domain, for an hour, until it shuts down,
or for good: the rule is shown, and added with Enter, as "allow" adds it. "?"
shows the other keys, "q" quits.

NO_COLOR in the environment: no colours. For a log, or a terminal that cannot do
it: "qvm-filterproxy blocked --follow".

Examples:
  qvm-filterproxy watch
  qvm-filterproxy watch work`,
    show: `
Says for each ProxyVM, or for that of a client, since when it is up to date or
why it is not, whom it serves with which rules, which qubes with rules are
served by none and why, and which can go around their proxy.

Examples:
  qvm-filterproxy show
  qvm-filterproxy show sys-filter --json
  qvm-filterproxy show work`,
    update: `
Tells ProxyVMs again what to do. qubes-filterproxyd does so whenever a qube
starts, stops or moves and when a rule file is saved; this is for when you do
not want to wait for it, or it does not run. Without a name, or with --all, all
that it concerns; with --exclude all but that ProxyVM, or that of that client.

Examples:
  qvm-filterproxy update
  qvm-filterproxy update sys-filter --dry-run`,
    lock: `
Puts one rule before all others of the qube's Qubes firewall, which drops
everything; only the proxy is left. Its other rules are not touched.

To let one more thing out, put a rule of the Qubes firewall before it.
"lock" leaves such rules where they are.

Examples:
  qvm-filterproxy lock work
  qvm-firewall work list
  qvm-firewall work add --before 0 accept dsthost=imap.example.org proto=tcp dstports=993`,
    unlock: `
Takes out the rule that "qvm-filterproxy lock" put in.

Example:
  qvm-filterproxy unlock work`,
    stop: `
Ends the proxy of a qube and all that it has open through it. It stays so,
whatever is restarted or updated, until "start" or "restart". Rules are kept,
and may be changed meanwhile. Without a lock the qube can still go around the
proxy.

Examples:
  qvm-filterproxy stop work
  qvm-filterproxy stop --all --exclude banking
  qvm-filterproxy start work`,
    start: `
Ends what "stop" or "kill-all" began, and has the qube served by its rules
again; with --all for every qube, and for those that get rules later.

Examples:
  qvm-filterproxy start work
  qvm-filterproxy start --all --exclude work`,
    restart: `
Ends all that a qube has open through its proxy, gives it a new one, and ends
its stop, if it is stopped.

Examples:
  qvm-filterproxy restart work
  qvm-filterproxy restart --all`,
    killAll: `
Stops every qube, also those that get rules later, and tells all running
qubes that provide network to end all proxies. It stays so until "start QUBE"
for one, "start --all" or "kill-all-and-restart" for all.

Examples:
  qvm-filterproxy kill-all
  qvm-filterproxy start work`,
    killAllAndRestart: `
Ends all that any qube has open through its proxy, gives all new ones, and ends
every stop.

Example:
  qvm-filterproxy kill-all-and-restart`,
};
