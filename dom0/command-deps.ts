// What commands need besides. The daemon, which nobody watches, makes no qube,
// writes into none, changes no firewall and asks nobody.
import type { SettleClient } from './adapters/client-shell.ts';
import type { Editor } from './adapters/editor.ts';
import type { Examine } from './adapters/examine.ts';
import type { Firewall } from './adapters/firewall.ts';
import type { Notify } from './adapters/notify.ts';
import type { ReadPolicy } from './adapters/policy-files.ts';
import type { SendProbe } from './adapters/probe.ts';
import type { QubeSetup } from './adapters/qube-setup.ts';
import type { FollowRequests } from './adapters/requests.ts';
import type { OthersBelow } from './core/others-below.ts';
import type { Deps } from './deps.ts';
import type { Pick } from './pick.ts';

export interface CommandDeps extends Deps {
    readonly firewall: Firewall;
    readonly qubeSetup: QubeSetup;
    readonly examine: Examine;
    readonly sendProbe: SendProbe;
    readonly readPolicy: ReadPolicy;
    readonly followRequests: FollowRequests;
    readonly settleClient: SettleClient;
    readonly editor: Editor;
    readonly pick: Pick;
    readonly notify: Notify;
    /** The Public Suffix List takes a moment to load. */
    readonly loadOthersBelow: () => Promise<OthersBelow>;
}
