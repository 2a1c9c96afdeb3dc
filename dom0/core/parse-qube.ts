// One qube out of the texts that the qvm-tools print for its properties.
import * as v from 'valibot';
import { toPrintable } from '../../shared/printable.ts';
import { ip4, ip6, qubeName, uuid } from '../../shared/protocol/schema.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Qube, qubeClasses } from './qube.ts';

const boolean = v.pipe(
    v.picklist(['True', 'False'], 'neither True nor False'),
    v.transform((text) => text === 'True'),
);

/** A halted qube has -1. */
const xid = v.pipe(
    v.string(),
    v.regex(/^(-1|0|[1-9][0-9]{0,9})$/, 'not a Xen domain id'),
    v.transform(Number),
    v.transform((id) => (id > 0 ? id : null)),
);

/** The properties that are read, by the names that qvm-prefs knows. */
const properties = {
    name: qubeName,
    klass: v.picklist(qubeClasses, 'not a class with a network'),
    xid,
    stubdom_xid: xid,
    uuid,
    netvm: v.nullable(qubeName),
    ip: v.nullable(ip4),
    ip6: v.nullable(ip6),
    visible_gateway: v.nullable(ip4),
    visible_gateway6: v.nullable(ip6),
    provides_network: boolean,
    template: v.nullable(qubeName),
    template_for_dispvms: v.nullable(boolean),
};

const schema = v.object(properties);

export type QubeProperty = keyof typeof properties;
export const qubeProperties = Object.keys(properties) as QubeProperty[];

/** What a tool printed for each property; null for nothing. */
export type UntrustedQube = Readonly<Record<QubeProperty, string | null>>;

/**
 * Takes a qube if every property is well-formed, and there if its class
 * always has it: qvm-ls prints `-` for a column that it does not know, and
 * that must not pass for a qube without netvm or address.
 */
export function parseQube(untrusted_qube: UntrustedQube): Result<Qube, string> {
    const result = v.safeParse(schema, untrusted_qube, { abortEarly: true });
    if (!result.success) {
        const what = describeIssue(result.issues[0], untrusted_qube);
        return err(`${shownName(untrusted_qube)}: ${what}`);
    }
    const missing = missingProperty(result.output);
    return missing === null
        ? ok(toQube(result.output))
        : err(`${result.output.name}: ${missing} is missing`);
}

type Properties = v.InferOutput<typeof schema>;

function missingProperty(of: Properties): QubeProperty | null {
    const isBased = of.klass === 'AppVM' || of.klass === 'DispVM';
    if (isBased && of.template === null) {
        return 'template';
    }
    if (of.klass === 'AppVM' && of.template_for_dispvms === null) {
        return 'template_for_dispvms';
    }
    return of.netvm !== null && of.ip === null ? 'ip' : null;
}

function toQube(of: Properties): Qube {
    return {
        name: of.name,
        uuid: of.uuid,
        class: of.klass,
        xid: of.xid,
        stubdomXid: of.stubdom_xid,
        netvm: of.netvm,
        ip4: of.ip,
        ip6: of.ip6,
        gateway4: of.visible_gateway,
        gateway6: of.visible_gateway6,
        providesNetwork: of.provides_network,
        template: of.template,
        isDisposableTemplate: of.template_for_dispvms ?? false,
    };
}

function describeIssue(
    issue: v.BaseIssue<unknown>,
    untrusted_qube: UntrustedQube,
): string {
    const name = qubeProperties.find((each) => each === v.getDotPath(issue));
    const untrusted_text = name === undefined ? null : untrusted_qube[name];
    return untrusted_text === null
        ? `${name} is missing`
        : `${name} is '${toPrintable(untrusted_text, 60)}', ` +
              `${toPrintable(issue.message, 100)}`;
}

function shownName(untrusted_qube: UntrustedQube): string {
    return toPrintable(untrusted_qube.name ?? 'a qube without a name', 40);
}
