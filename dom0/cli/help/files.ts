// Help texts of the commands about whole files of rules.

export const filesHelp = {
    copy: `
Gives NEW, which must have no rules, a copy of those of OLD, with all comments.
A clone starts without rules, and so does a qube that the Qube Manager renamed,
which is a clone, with OLD removed: then it is
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
};
