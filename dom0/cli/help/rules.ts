// Help texts of the commands about changes of rules.

export const rulesHelp = {
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
file are kept.

Examples:
  qvm-filterproxy history
  qvm-filterproxy history work --json`,
};
