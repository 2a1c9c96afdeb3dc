// Help texts of the commands about proxies and ways out.

export const proxiesHelp = {
    update: `
Tells ProxyVMs again what to do. qubes-filterproxyd does so whenever a qube
starts, stops or moves and when a rule file is saved; this is for when you do
not want to wait for it, or it does not run. Without a name, or with --all, all
that it concerns; with --all --exclude NAME not that ProxyVM, or that of NAME.

Examples:
  qvm-filterproxy update
  qvm-filterproxy update sys-filter --dry-run`,
    lock: `
Puts one rule before all others of the qube's Qubes firewall, which drops
everything; only the proxy is left. Its other rules are not touched. Downloads
that are open through the proxy may hang: start them again, unless the settings of
"client" were applied.

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
    client: `
Shows the files that make programs in a qube use its proxy: the environment,
Firefox, Chromium, apt, dnf and GNOME. They name 127.0.0.1:8100, where a small
program in the qube leads to its gateway, whatever that is. curl, git and most
others go by the environment.

With --apply it writes them in the qube, which must run, and again at each start
of it. With --template it writes them in its template instead, where they mean
something to the qubes only that got them so. A file that is there already and
is not ours is left as it is, and named.

With --remove it takes all of them back, and leaves what was there before; with
--template those of the template, for all its qubes.

Examples:
  qvm-filterproxy client work
  qvm-filterproxy client work --apply
  qvm-filterproxy client work --apply --template
  qvm-filterproxy client work --remove`,
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
