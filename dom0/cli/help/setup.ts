// Help texts of the commands that make a ProxyVM.

export const setupHelp = {
    setup: `
Makes PROXYVM, or uses it if it is there, and puts it between the qubes that are
named and the netvm that they have now. It shows the commands that this comes
to, asks, and does them; if one fails, or on ^C, it takes back what was done.
Then it offers to lock the qubes.

The template needs the package qubes-filterproxy. With --yes nobody is asked, and
only --lock locks; if a qube has no netvm, nothing is done.

Examples:
  qvm-filterproxy setup sys-filter work --dry-run
  qvm-filterproxy setup sys-filter work banking
  qvm-filterproxy setup sys-filter work --based-on debian-13 --lock
  qvm-filterproxy setup sys-filter work --netvm sys-vpn --yes --no-lock`,
};
