// The pages that a browser shows for what its proxy refuses. They are files
// that tinyproxy sends as they are: nothing of a request gets into them but
// the host, which the page itself reads out of its own address.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import type { Filter } from '../../shared/protocol/desired-state.ts';
import { render } from '../templates/page.html.hbs';
import { isConnectOnly } from './filter.ts';
import { script, scriptHash, style, styleHash } from './page-parts.ts';

export interface Pages {
    /** For status 403. */
    readonly refused: string;
    /** For all others: no such name, no answer, a port that is not open. */
    readonly failed: string;
}

interface Texts {
    readonly title: string;
    /** Whether the heading is a sentence about the host. */
    readonly hostIsRefused: boolean;
    readonly heading: string;
    readonly reasons: readonly string[];
    /** What the command is for. */
    readonly todo: string;
    readonly command: string;
    /** What stands before the host in the command. */
    readonly before: string;
    readonly note: string;
}

type Words = (name: QubeName) => Texts;

const notAllowed: Words = (name) => ({
    title: `Not allowed for ${name}`,
    hostIsRefused: true,
    heading: `is not allowed for ${name}`,
    reasons: [
        `No rule of ${name} lets this host through, so nothing was sent to it.`,
    ],
    todo: 'To allow it, type in a terminal of dom0:',
    command: 'qvm-filterproxy allow',
    before: '',
    note: 'With a dot before the name it is allowed with all its subdomains.',
});

const blocked: Words = (name) => ({
    title: `Blocked for ${name}`,
    hostIsRefused: true,
    heading: `is blocked for ${name}`,
    reasons: [
        `The block list of ${name} refuses this host, so nothing was sent to it.`,
    ],
    todo: 'To see which rule it is, type in a terminal of dom0:',
    command: 'qvm-filterproxy check',
    before: '',
    note:
        '"qvm-filterproxy remove" takes a rule back. Addresses, and what is' +
        ' no plain host name, are always refused.',
});

const closed: Words = (name) => ({
    title: `Plain HTTP is closed for ${name}`,
    hostIsRefused: false,
    heading: `Plain HTTP is closed for ${name}`,
    reasons: [
        `The settings of ${name} let encrypted connections through and no` +
            ' others, so nothing was sent to this site. Try its address with' +
            ' https:// in place of http://.',
    ],
    todo: 'To see whether that is allowed, type in a terminal of dom0:',
    command: 'qvm-filterproxy check',
    before: 'https://',
    note:
        'The settings are those of the rule file, or of the ProxyVM:' +
        ' "!http-port", or an upstream proxy of kind http.',
});

const failed: Words = (name) => ({
    title: 'The proxy got no page',
    hostIsRefused: false,
    heading: 'The proxy could not get this page',
    reasons: [
        'There is no host of this name, or it does not answer, or the request' +
            ' was not understood.',
        `Or it leads to an address or a port that is not open to ${name}.`,
    ],
    todo: 'To see what holds for it, type in a terminal of dom0:',
    command: 'qvm-filterproxy check',
    before: 'http://',
    note: 'Ports and private networks are opened by settings in rule files.',
});

/** What tinyproxy sends to the client with this name and filter. */
export function renderPages(name: QubeName, filter: Filter): Pages {
    return {
        refused: page(name, wordsFor(filter)),
        failed: page(name, failed),
    };
}

function wordsFor(filter: Filter): Words {
    if (isConnectOnly(filter)) {
        return closed;
    }
    return filter.default === 'deny' ? notAllowed : blocked;
}

/** In one line: tinyproxy sends each by itself. */
function page(name: QubeName, words: Words): string {
    const view = { name, style, styleHash, script, scriptHash };
    return `${render({ ...view, ...words(name) })
        .trim()
        .replaceAll(/\n */g, ' ')}\n`;
}
