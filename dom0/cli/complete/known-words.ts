// What dom0 knows that may be meant. Nothing is written, no qube is started.
import { parseQubeName } from '../../../shared/domain/qube-name.ts';
import { safeRuleFor } from '../../core/requests/remedy.ts';
import type { Deps } from '../../deps.ts';
import type { Wanted } from './what-is-wanted.ts';

/** What dom0 is to be asked for. */
type Asked = Exclude<Wanted, { readonly kind: 'words' | 'files' }>;

/** The words that are wanted there; not all of them begin with `typed`. */
export async function knownWords(
    deps: Deps,
    wanted: Asked,
    typed: string,
): Promise<readonly string[]> {
    switch (wanted.kind) {
        case 'qubes':
            return qubes(deps);
        case 'words-or-qubes':
            return [...wanted.words, ...(await qubes(deps))];
        case 'removed':
            return removedQubes(deps);
        case 'rules':
            return rulesOf(deps, wanted.untrusted_qube, typed);
        case 'refused':
            return refusedTo(deps, wanted.untrusted_qube);
    }
}

async function qubes({ inventory }: Deps): Promise<string[]> {
    return [...(await inventory.all()).keys()];
}

async function removedQubes({ removed }: Deps): Promise<string[]> {
    const { files } = await removed.list();
    return [...new Set(files.map(({ name }) => name))];
}

/** Expressions, or numbers where one is begun. */
async function rulesOf(
    { rules }: Deps,
    untrusted_qube: string,
    typed: string,
): Promise<string[]> {
    const name = parseQubeName(untrusted_qube);
    const file = name.ok ? await rules.read(name.value) : null;
    const stored = file?.content.ok ? file.content.value.rules : [];
    return /^[0-9]+$/.test(typed)
        ? stored.map((_, index) => String(index + 1))
        : stored.map(({ expression }) => expression);
}

/**
 * The hosts that its ProxyVM says the rules refused, and that are typed as they
 * are to be reached. The ProxyVM alone is asked: that is fast.
 */
async function refusedTo(
    { inventory, askRequests }: Deps,
    untrusted_qube: string,
): Promise<string[]> {
    const name = parseQubeName(untrusted_qube);
    const qube = name.ok ? await inventory.one(name.value) : null;
    if (qube === null || qube.netvm === null) {
        return [];
    }
    const asked = await askRequests(qube.netvm, null);
    const clients = asked.ok ? asked.value.clients : [];
    const own = clients.find(({ uuid }) => uuid === qube.uuid);
    return (own?.entries ?? [])
        .filter(({ outcome }) => outcome === 'filter')
        .map(({ host }) => host)
        .filter((host) => safeRuleFor(host) !== null);
}
