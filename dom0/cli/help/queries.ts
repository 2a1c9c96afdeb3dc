// Help texts of the commands about what is asked.

export const queriesHelp = {
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
Finds rules that match hosts which are hardly meant, or none at all, or all below
a domain where others can register names, rules that another one makes superfluous
or that were not used for 90 days while that was counted, sets and tags that nobody
uses, files of no qube, and all errors; each with its place and what to do. Without
a QUBE it looks at all files, else at those that concern it.

With --fix it removes the lines without which the same hosts are let through.
With --narrow as well it also writes narrower rules, which let less through;
look at them with --dry-run first. The exit code is 1 if something is left.

Examples:
  qvm-filterproxy lint
  qvm-filterproxy lint work --fix
  qvm-filterproxy lint --fix --narrow --dry-run`,
    check: `
Asks no ProxyVM: it goes by the rules in dom0. Without a scheme both http and
https are meant. The exit code is 0 if all is allowed, 1 if not, or if no proxy
does what the rules say: the qube is stopped, has no netvm, or one without agent.

Examples:
  qvm-filterproxy check work gist.github.com
  qvm-filterproxy check work https://example.org:8443/ 1.1.1.1`,
    blocked: `
Prints the hosts that qubes were refused, each with how often and when, as their
ProxyVMs tell it; the newest is last. Without a QUBE, of all; a ProxyVM is for its
clients. What the rules let through by now is marked. A ProxyVM that was restarted
has forgotten what was before. --since takes 30m, 2h, 1d, today or a date.

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
Shows on the whole terminal which hosts qubes ask for, as it happens: the newest
first, requests for one host on one line, and of each that was refused what it
would need. "a" lets the qube reach the host or its whole domain, for an hour,
until it shuts down, or for good: the rule is shown, and added with Enter, as
"allow" adds it. "?" shows the other keys, "q" quits.

As long as it runs all that these qubes ask for is recorded: hosts and ports, in
the memory of their ProxyVM. With --refused only what is refused.

NO_COLOR in the environment: no colours. For a log, or a terminal that cannot do
it: "qvm-filterproxy blocked --follow".

Examples:
  qvm-filterproxy watch
  qvm-filterproxy watch work
  qvm-filterproxy watch --refused`,
    show: `
Says for each ProxyVM since when it is up to date or why it is not, whom it
serves with which rules, which qubes with rules are served by none and why, and
which can go around their proxy or have no filter at all. Of a QUBE it says the
same for that alone and its ProxyVM, and also if it has no rules.

Examples:
  qvm-filterproxy show
  qvm-filterproxy show sys-filter --json
  qvm-filterproxy show work`,
    doctor: `
Walks from dom0 through the ProxyVM to the qube, and prints a line for each thing
that has to be in order: ok, FAIL, or "-" for what could not be looked at. Below a
failure stands the command that mends it. Nothing is changed. The qube itself, if
it runs, is made to send one request through its proxy, to a host of its rules.
Without a QUBE, of all with rules; a PROXYVM is for its clients. The exit code is
1 if something failed.

Examples:
  qvm-filterproxy doctor work
  qvm-filterproxy doctor --json`,
};
