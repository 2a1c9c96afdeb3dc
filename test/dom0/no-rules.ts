/** What `list` and `show` print where no qube has rules. */
export const noRules = [
    'no qube has rules',
    '    to put one behind a filter: qvm-filterproxy setup PROXYVM QUBE',
    '    then to let it reach a host: qvm-filterproxy allow QUBE HOST',
    '',
].join('\n');
