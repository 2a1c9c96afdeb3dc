// One setting of a rule file or of a ProxyVM's `.conf`, as a directive says it.
import type { Ip4 } from '../../../shared/domain/address.ts';
import type { Domain } from '../../../shared/domain/domain-name.ts';
import type { Network } from '../../../shared/domain/network.ts';
import type { Filter } from '../../../shared/protocol/desired-state.ts';
import type { RuleFile } from '../rule-file.ts';

export type Setting =
    /** Ports that CONNECT may name. */
    | { readonly name: 'connect-port'; readonly ports: readonly number[] }
    /** Ports of plain HTTP; empty: it is closed. */
    | { readonly name: 'http-port'; readonly ports: readonly number[] }
    | {
          readonly name: 'upstream';
          readonly route: Route;
          /** Empty: for all hosts that no other one is for. */
          readonly domains: readonly Domain[];
      }
    | { readonly name: 'timeout'; readonly seconds: number }
    | { readonly name: 'max-clients'; readonly clients: number }
    | {
          readonly name: 'log-level';
          readonly record: Exclude<Filter['record'], 'all'>;
      }
    /** Whether it is counted how often rules are used. */
    | { readonly name: 'usage'; readonly isOn: boolean }
    | {
          readonly name: 'lan';
          /** Null: none, whatever the ProxyVM opens. */
          readonly network: Network | null;
          /** Empty: those that are open on public addresses. */
          readonly ports: readonly number[];
      };

export type SettingName = Setting['name'];

/** A next proxy; `none` is the way without any. */
export type Route =
    | { readonly kind: 'none' }
    | {
          readonly kind: 'http' | 'socks5';
          readonly address: Ip4;
          readonly port: number;
      };

/** A setting and where it stands. */
export type PlacedSetting = Setting & {
    /** Below /etc/qubes/filterproxy, e.g. `proxies/sys-filter.conf`. */
    readonly file: string;
    /** Counted from 1. */
    readonly line: number;
};

/** The settings of a file, and where they stand. */
export function settingsIn(
    file: string,
    { directives }: RuleFile,
): PlacedSetting[] {
    return directives.flatMap(({ directive, line }) =>
        directive.kind === 'setting'
            ? [{ ...directive.setting, file, line }]
            : [],
    );
}
