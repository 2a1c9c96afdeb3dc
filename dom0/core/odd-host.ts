// Hosts that rules may match and no proxy connects to, or that mean another
// host than it seems.
import { parseIp6 } from '../../shared/domain/address.ts';
import { maxHostLength, maxLabelLength } from '../../shared/pattern/index.ts';

/** Why no resolver knows a name, as a sentence without its end; else null. */
export function whyUnresolvable(host: string): string | null {
    const name = host.replace(/\.$/, '');
    const labels = name.split('.');
    if (labels.includes('')) {
        return 'nothing stands before one of its dots';
    }
    if (labels.some((label) => label.length > maxLabelLength)) {
        return `between two dots are at most ${maxLabelLength} characters`;
    }
    return name.length > maxHostLength
        ? `a host name has at most ${maxHostLength} characters`
        : null;
}

/**
 * What a proxy makes of an IPv6 address without brackets that ends like one
 * with a port: it takes what is behind the last colon for the port
 * (tinyproxy src/reqs.c, strip_return_port).
 */
export function withPort(untrusted_typed: string): string | null {
    const [, host = '', port = ''] =
        /^([0-9a-f:]+):([0-9]{1,5})$/i.exec(untrusted_typed) ?? [];
    return parseIp6(untrusted_typed).ok && parseIp6(host).ok
        ? `[${host}]:${port}`
        : null;
}
