// In which file a `!lan` is to stand that opens more to a qube.
import { filesFor } from '../core/concerning-files.ts';
import { proxyFilePath } from '../core/config-file.ts';
import { type Qube, ruleOwnerName } from '../core/qube.ts';
import { settingsIn } from '../core/settings/setting.ts';
import type { FileContent } from '../core/shared-files.ts';
import type { View } from '../view.ts';
import { showPlace } from './format/place.ts';

/**
 * How to get at it, for `to open it: !lan in: …`. One in the qube's own file
 * would replace all of its ProxyVM's, so where only that has some, it is that.
 */
export function howToSetLan(view: View, qube: Qube): string {
    const { netvm } = qube;
    const ofProxyvm =
        netvm === null ? undefined : view.shared.proxies.get(netvm);
    const isProxyvms =
        netvm !== null &&
        ofProxyvm !== undefined &&
        hasLan(proxyFilePath(netvm), ofProxyvm) &&
        !filesFor(view, qube).some(({ file, content }) =>
            hasLan(file, content),
        );
    const owner = ruleOwnerName(qube);
    return isProxyvms
        ? showPlace({ file: proxyFilePath(netvm), line: null })
        : `qvm-filterproxy edit ${owner}`;
}

function hasLan(file: string, content: FileContent): boolean {
    return (
        content.ok &&
        settingsIn(file, content.value).some(({ name }) => name === 'lan')
    );
}
