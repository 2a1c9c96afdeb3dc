// What cannot be held together, or is too much.
import { limits } from '../../../shared/protocol/limits.ts';
import { goesDirect } from '../../../shared/protocol/route.ts';
import { atLine, type FileProblem } from '../file-problem.ts';
import type { FilterSettings } from './filter-settings.ts';
import { all, first, type Settings } from './placed.ts';
import type { Route } from './setting.ts';

/** More than the protocol takes. */
export function findExcess(
    files: readonly Settings[],
    { upstreams, privateDestinations }: FilterSettings,
): FileProblem[] {
    const counts = [
        ['upstream', upstreams.length, limits.upstreamsPerFilter],
        ['lan', privateDestinations.length, limits.privateNetworksPerFilter],
    ] as const;
    return counts.flatMap(([name, count, most]) => {
        const last = first(files, name);
        const message = `more than ${most} of !${name} for one qube`;
        return count > most && last
            ? [atLine(last.file, last.line, message)]
            : [];
    });
}

/** What cannot be held together, with both places. */
export function findContradictions(
    files: readonly Settings[],
    { httpPorts, upstreams }: FilterSettings,
): FileProblem[] {
    const httpPort = first(files, 'http-port');
    const http = placeOf(files, ({ kind }) => kind === 'http');
    const isHttp = upstreams.some(({ kind }) => kind === 'http');
    const lan = first(files, 'lan');
    const next = placeOf(files, ({ kind }) => kind !== 'none');
    return [
        ...(httpPort && isHttp && httpPorts.length > 0
            ? [
                  atLine(
                      httpPort.file,
                      httpPort.line,
                      `with the upstream http of ${http} plain HTTP is ` +
                          'closed, since it could not be kept to the rules; ' +
                          'remove this line, or use socks5',
                  ),
              ]
            : []),
        ...(lan && lan.network !== null && !goesDirect(upstreams)
            ? [
                  atLine(
                      lan.file,
                      lan.line,
                      `all hosts are reached through the upstream of ${next}; ` +
                          'to reach some without: !upstream none DOMAIN',
                  ),
              ]
            : []),
    ];
}

/** A block list is matched against hosts; CONNECT alone, against targets. */
export function findBlockListProblem(
    files: readonly Settings[],
    { httpPorts }: FilterSettings,
): FileProblem[] {
    const cause =
        first(files, 'http-port') ??
        files
            .flatMap((each) => all(each, 'upstream'))
            .find(({ route }) => route.kind === 'http');
    return cause !== undefined && httpPorts.length === 0
        ? [
              atLine(
                  cause.file,
                  cause.line,
                  'this closes plain HTTP, which is not possible with a block ' +
                      'list (!default allow)',
              ),
          ]
        : [];
}

/** Where the first upstream of that kind stands. */
function placeOf(
    files: readonly Settings[],
    isMeant: (route: Route) => boolean,
): string {
    const found = files
        .flatMap((each) => all(each, 'upstream'))
        .find(({ route }) => isMeant(route));
    return `${found?.file}:${found?.line}`;
}
