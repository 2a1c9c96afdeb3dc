// What the doctor looks at, and what came of it.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { CallFailure } from '../agent-answer.ts';
import type { SeenDaemon } from '../daemon-state.ts';
import type { Default } from '../default.ts';
import type { FileProblem } from '../file-problem.ts';
import type { KnownWayAround } from '../firewall.ts';
import type { Finding } from '../lint/finding.ts';
import type { Unserved } from '../place.ts';
import type { StoredRule } from '../rule-file.ts';
import type { Situation } from '../situation.ts';

export type Dom0Check = 'qubes' | 'daemon' | 'policy' | 'files';
export type ProxyvmCheck =
    | 'agent'
    | 'tinyproxy'
    | 'custom-input'
    | 'nftables'
    | 'resolver'
    | 'qubes-firewall'
    | 'up-to-date';
export type ClientCheck =
    | 'rules'
    | 'stop'
    | 'netvm'
    | 'address'
    | 'proxy'
    | 'request'
    | 'lock';

/** What there is to say of it. */
export type Reason =
    /** All of it; `todo` is what mends it, or what else there is to do. */
    | {
          readonly kind: 'text';
          readonly what: string;
          readonly todo: readonly string[];
      }
    | { readonly kind: 'daemon'; readonly daemon: SeenDaemon }
    | {
          readonly kind: 'problems';
          readonly problems: readonly FileProblem[];
          /** Why other files cannot be read, and what mends it. */
          readonly unread?: readonly string[];
      }
    | { readonly kind: 'call'; readonly failure: CallFailure }
    /** No proxy can be started there. */
    | { readonly kind: 'unfit'; readonly untrusted_why: string }
    | {
          readonly kind: 'rules';
          readonly default: Default;
          readonly rules: readonly StoredRule[];
          readonly findings: readonly Finding[];
      }
    | { readonly kind: 'foreign-file'; readonly owner: QubeName }
    | { readonly kind: 'unserved'; readonly why: Unserved }
    | { readonly kind: 'situation'; readonly situation: Situation }
    | { readonly kind: 'around'; readonly around: KnownWayAround }
    /** It was not looked at: that has to be in order first. */
    | { readonly kind: 'after'; readonly earlier: Check };

export interface Check {
    /** What it is about; null: dom0. */
    readonly about: QubeName | null;
    readonly name: Dom0Check | ProxyvmCheck | ClientCheck;
    readonly state: 'ok' | 'failed' | 'unknown';
    readonly reason: Reason;
}

/** Makes the checks of one qube, or of dom0. */
export class Checks<Name extends Check['name']> {
    readonly #about: QubeName | null;
    readonly #made: Check[] = [];

    constructor(about: QubeName | null) {
        this.#about = about;
    }

    get all(): readonly Check[] {
        return this.#made;
    }

    ok(name: Name, what: string | Reason, todo: readonly string[] = []): void {
        this.#add(name, 'ok', what, todo);
    }

    failed(
        name: Name,
        what: string | Reason,
        todo: readonly string[] = [],
    ): void {
        this.#add(name, 'failed', what, todo);
    }

    unknown(
        name: Name,
        what: string | Reason,
        todo: readonly string[] = [],
    ): void {
        this.#add(name, 'unknown', what, todo);
    }

    /** Not looked at, because of an earlier one. */
    after(name: Name, earlier: Check): void {
        this.#add(name, 'unknown', { kind: 'after', earlier }, []);
    }

    /** The first of these that is not in order, if any. */
    firstBad(names: readonly Name[]): Check | undefined {
        return this.#made.find(
            (check) =>
                check.state !== 'ok' &&
                names.some((name) => name === check.name),
        );
    }

    #add(
        name: Name,
        state: Check['state'],
        what: string | Reason,
        todo: readonly string[],
    ): void {
        const reason: Reason =
            typeof what === 'string' ? { kind: 'text', what, todo } : what;
        this.#made.push({ about: this.#about, name, state, reason });
    }
}
