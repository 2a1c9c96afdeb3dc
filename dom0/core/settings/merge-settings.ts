// The settings of a qube: its own, those of its ProxyVM where it has none,
// and the defaults where there are none at all.
import type { Domain } from '../../../shared/domain/domain-name.ts';
import type {
    PrivateDestination,
    Upstream,
} from '../../../shared/protocol/desired-state.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { directoryOf } from '../config-file.ts';
import type { Default } from '../default.ts';
import type { FileProblem } from '../file-problem.ts';
import {
    findBlockListProblem,
    findContradictions,
    findExcess,
} from './contradictions.ts';
import { findDuplicates } from './duplicates.ts';
import { defaultSettings, type FilterSettings } from './filter-settings.ts';
import { all, first, type SettingOf, type Settings } from './placed.ts';
import type { Route } from './setting.ts';

/**
 * All settings of a qube, or what is wrong with them. What stands in its own
 * file goes before what stands in its ProxyVM's: of upstreams for each domain
 * by itself, of `!lan` as a whole.
 */
export function mergeSettings(
    proxyvm: Settings,
    qube: Settings,
    byDefault: Default = 'deny',
): Result<FilterSettings, readonly FileProblem[]> {
    const duplicates = [...findDuplicates(proxyvm), ...findDuplicates(qube)];
    if (duplicates.length > 0) {
        return err(duplicates);
    }
    const files = [qube, proxyvm];
    const connectPorts =
        first(files, 'connect-port')?.ports ?? defaultSettings.connectPorts;
    const upstreams = mergeUpstreams(files);
    const hasHttp = upstreams.some(({ kind }) => kind === 'http');
    const httpPorts =
        first(files, 'http-port')?.ports ??
        (hasHttp ? [] : defaultSettings.httpPorts);
    const lans = files.map((each) => all(each, 'lan'));
    const open = [...new Set([...connectPorts, ...httpPorts])];
    const merged: FilterSettings = {
        connectPorts: [...connectPorts],
        httpPorts: [...httpPorts],
        upstreams,
        privateDestinations: (
            lans.find((some) => some.length > 0) ?? []
        ).flatMap((lan) => privateDestination(lan, open)),
        timeoutSeconds:
            first(files, 'timeout')?.seconds ?? defaultSettings.timeoutSeconds,
        maxClients:
            first(files, 'max-clients')?.clients ?? defaultSettings.maxClients,
        record: isUsageCounted(proxyvm, qube)
            ? 'all'
            : (first(files, 'log-level')?.record ?? defaultSettings.record),
    };
    const problems = [
        ...findExcess(files, merged),
        ...findContradictions(files, merged),
        ...(byDefault === 'allow' ? findBlockListProblem(files, merged) : []),
    ];
    return problems.length > 0 ? err(problems) : ok(merged);
}

/** As the qube's own file has it; of those of its tags one is enough. */
function isUsageCounted(proxyvm: Settings, qube: Settings): boolean {
    const said = all(qube, 'usage');
    const ofTags = said.filter(({ file }) => directoryOf(file) === 'tags');
    const own = said.filter(({ file }) => directoryOf(file) !== 'tags');
    const decisive = [own, ofTags, all(proxyvm, 'usage')].find(
        (some) => some.length > 0,
    );
    return decisive?.some(({ isOn }) => isOn) ?? false;
}

function privateDestination(
    { network, ports }: SettingOf<'lan'>,
    open: readonly number[],
): PrivateDestination[] {
    return network === null
        ? []
        : [{ network, ports: [...(ports.length === 0 ? open : ports)] }];
}

/** One for each domain, in the order of their names; null is for the rest. */
function mergeUpstreams(files: readonly Settings[]): Upstream[] {
    const routes = new Map<Domain | null, Route>();
    for (const { route, domains } of files.flatMap((each) =>
        all(each, 'upstream'),
    )) {
        for (const domain of domains.length === 0 ? [null] : domains) {
            routes.set(domain, routes.get(domain) ?? route);
        }
    }
    const upstreams = [...routes].flatMap(([domain, route]) =>
        upstreamOf(domain, route),
    );
    // Without a next proxy there is no way past it.
    return upstreams.some(({ kind }) => kind !== 'none')
        ? upstreams.sort((a, b) => order(a.domain, b.domain))
        : [];
}

function upstreamOf(domain: Domain | null, route: Route): Upstream[] {
    if (route.kind !== 'none') {
        return [{ ...route, domain }];
    }
    return domain === null ? [] : [{ kind: 'none', domain }];
}

function order(one: Domain | null, other: Domain | null): number {
    return (one ?? '') < (other ?? '') ? -1 : 1;
}
