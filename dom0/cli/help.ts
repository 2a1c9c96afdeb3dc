// Help texts: examples say more than options.
import { filesHelp } from './help/files.ts';
import { proxiesHelp } from './help/proxies.ts';
import { queriesHelp } from './help/queries.ts';
import { rulesHelp } from './help/rules.ts';
import { setupHelp } from './help/setup.ts';

export const help = {
    program: `
QUBE may stand before the command, as with qvm-firewall; alone, it lists its
rules. A qube that is called like a command is reached behind --.

Examples:
  qvm-filterproxy setup sys-filter work
  qvm-filterproxy allow work github.com .debian.org
  qvm-filterproxy lock work
  qvm-filterproxy check work https://gist.github.com/
  qvm-filterproxy show
  qvm-filterproxy stop work`,
    ...rulesHelp,
    ...filesHelp,
    ...queriesHelp,
    ...proxiesHelp,
    ...setupHelp,
};
