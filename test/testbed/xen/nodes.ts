// Which Node.js the qubes have: those of R4.3, where programs run that are a
// release apart.
import { node, project } from './paths.ts';

/** As in Fedora 41, which dom0 is, and in the Fedora templates. */
const fedora = `${project}/test/testbed/nodes/node_modules/node-22/bin/node`;

/** Others are made from Debian 13, which has 20: the machine's own. */
const onFedora: ReadonlySet<string> = new Set(['dom0', 'sys-filter2']);

/** The program that is a qube's `/usr/bin/node`. */
export function nodeOf(qube: string): string {
    return onFedora.has(qube) ? fedora : node;
}
