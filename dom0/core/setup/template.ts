// Whether a template has our package, as Qubes knows it: the package's service
// is there, so the template says `supported-rpc.qubes.FilterProxy`
// (qubes-core-agent-linux qubes-rpc/post-install.d/10-qubes-core-agent-rpc.sh).
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { type Qube, rootTemplate, type System } from '../qube.ts';
import { isToStart, type Layout } from './layout.ts';
import { type Refusal, refusal } from './refusal.ts';

export type Features = ReadonlyMap<string, string>;
export type FeaturesOf = ReadonlyMap<QubeName, Features>;

const service = 'supported-rpc.qubes.FilterProxy';

/** The qubes whose features decide where the package is. */
export function qubesToAsk(
    layout: Layout,
    template: QubeName | null,
    system: System,
): QubeName[] {
    if (layout.existing !== null) {
        // The agent of one that runs is asked itself.
        return isToStart(layout) ? rootsOf(layout.existing) : [];
    }
    return template !== null
        ? [template]
        : [...system.values()]
              .filter((qube) => qube.class === 'TemplateVM')
              .map(({ name }) => name);
}

/** Itself, and the template that its root file system is from. */
function rootsOf({ name, template }: Qube): QubeName[] {
    return template === null ? [name] : [template, name];
}

/** Why a qube that is there has no package; null if it has it. */
export function refuseExisting(
    qube: Qube,
    features: FeaturesOf,
): Refusal | null {
    const roots = rootsOf(qube);
    return roots.some((name) => hasPackage(features.get(name)))
        ? null
        : lacking(roots[0] ?? qube.name, features);
}

/** The template that is named, or the one that has the package. */
export function chooseTemplate(
    layout: Layout,
    template: QubeName | null,
    system: System,
    features: FeaturesOf,
): Result<QubeName, Refusal> {
    const chosen =
        template === null
            ? findTemplate(layout, system, features)
            : checkNamed(template, system, features);
    if (!chosen.ok) {
        return chosen;
    }
    // Its qubes start from what it was at its last shutdown.
    return (system.get(chosen.value)?.xid ?? null) === null
        ? chosen
        : err(
              refusal(
                  `${chosen.value} runs, and what was installed in it is ` +
                      'there for its qubes once it is shut down',
                  `qvm-shutdown --wait ${chosen.value}`,
              ),
          );
}

function checkNamed(
    template: QubeName,
    system: System,
    features: FeaturesOf,
): Result<QubeName, Refusal> {
    const qube = system.get(template);
    if (qube?.class !== 'TemplateVM') {
        const what = qube === undefined ? 'there is no' : 'it is no';
        return err(refusal(`--based-on ${template}: ${what} template`));
    }
    return hasPackage(features.get(template))
        ? ok(template)
        : err(lacking(template, features));
}

/** First of all the template of the netvm: it is fit to provide network. */
function findTemplate(
    { netvm, proxyvm }: Layout,
    system: System,
    features: FeaturesOf,
): Result<QubeName, Refusal> {
    const having = [...features.keys()].filter((name) =>
        hasPackage(features.get(name)),
    );
    const near = netvm === null ? null : rootTemplate(system, netvm);
    const [first] = having;
    if (near !== null && having.includes(near)) {
        return ok(near);
    }
    if (first === undefined) {
        const some = near ?? [...features.keys()][0];
        return err(
            some === undefined
                ? refusal('there is no template to base a qube on')
                : lacking(some, features),
        );
    }
    return having.length === 1
        ? ok(first)
        : err(
              refusal(
                  `several templates have the package: ${having.join(', ')}`,
                  `to say which one ${proxyvm} is to be based on: ` +
                      `--based-on ${first}`,
              ),
          );
}

function hasPackage(features: Features | undefined): boolean {
    return Boolean(features?.get(service));
}

function lacking(name: QubeName, features: FeaturesOf): Refusal {
    return refusal(
        `${name} does not have the package qubes-filterproxy`,
        `to install it, in a terminal of ${name}: ` +
            installLine(features.get(name)),
        `then: qvm-shutdown --wait ${name}`,
    );
}

/** By what the template says of itself (os-release's ID and ID_LIKE). */
function installLine(features: Features | undefined): string {
    const told = ['os-distribution', 'os-distribution-like'];
    const words = told.flatMap((key) => features?.get(key)?.split(' ') ?? []);
    if (words.includes('debian')) {
        return 'sudo apt install ./qubes-filterproxy_*_all.deb';
    }
    return words.includes('fedora')
        ? 'sudo dnf install ./qubes-filterproxy-[0-9]*.noarch.rpm'
        : 'its package manager, with our package for Fedora or Debian';
}
