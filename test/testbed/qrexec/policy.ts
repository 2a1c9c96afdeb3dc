// qrexec's policy, as far as our files use it (qubes-core-qrexec
// qrexec/policy/parser.py, doc/multifile-policy.markdown).

export interface PolicyRule {
    /** Counted from 1. */
    readonly line: number;
    readonly service: string;
    readonly argument: string;
    readonly source: string;
    readonly target: string;
    readonly action: 'allow' | 'deny';
    readonly parameters: ReadonlyMap<string, string>;
}

export interface PolicyRequest {
    readonly service: string;
    /** With its plus; `+` alone without one. */
    readonly argument: string;
    readonly source: string;
    readonly target: string;
}

/** What a policy asks of qubes. */
export interface PolicyQube {
    readonly klass: string;
    readonly tags: ReadonlySet<string>;
}

const parametersOf = {
    allow: ['target', 'user', 'autostart', 'notify'],
    deny: ['notify'],
};

/** Throws at what the real parser refuses: then it denies every call. */
export function parsePolicy(text: string): PolicyRule[] {
    return text.split('\n').flatMap((line, index) => {
        if (line.trim() === '' || line.trim().startsWith('#')) {
            return [];
        }
        const [service, argument, source, target, action, ...rest] = line
            .trim()
            .split(/\s+/);
        const fail = (why: string) =>
            new Error(`line ${index + 1}: ${why}: ${line}`);
        if (service === undefined || !/^(\*|[\w.-]+)$/.test(service)) {
            throw fail('not a service');
        }
        if (argument === undefined || !/^(\*|\+[\w.@:-]*)$/.test(argument)) {
            throw fail('not an argument');
        }
        if (service === '*' && argument !== '*') {
            throw fail('an argument of any service');
        }
        if (!isToken(source) || source === '@adminvm' || !isToken(target)) {
            throw fail('not a qube');
        }
        if (action !== 'allow' && action !== 'deny') {
            throw fail('not an action');
        }
        const parameters = rest.map(
            (each) => each.split('=') as [string, string],
        );
        for (const [name, value] of parameters) {
            if (!parametersOf[action].includes(name) || !value) {
                throw fail(`${action} has no ${name}`);
            }
        }
        return [
            {
                line: index + 1,
                service,
                argument,
                source,
                target,
                action,
                parameters: new Map(parameters),
            },
        ];
    });
}

function isToken(token: string | undefined): token is string {
    return (
        token !== undefined &&
        /^(\*|@anyvm|@adminvm|@(tag|type):[\w-]+|[A-Za-z][\w.-]*)$/.test(token)
    );
}

/** The first rule that is about it; null: none is, which denies it. */
export function decidingRule(
    rules: readonly PolicyRule[],
    request: PolicyRequest,
    qubeOf: (name: string) => PolicyQube | undefined,
): PolicyRule | null {
    const matches = (token: string, name: string) => {
        const qube = qubeOf(name);
        const isAdmin = qube?.klass === 'AdminVM';
        if (token.startsWith('@tag:')) {
            return qube?.tags.has(token.slice('@tag:'.length)) ?? false;
        }
        if (token.startsWith('@type:')) {
            return qube?.klass === token.slice('@type:'.length);
        }
        switch (token) {
            case '*':
                return true;
            // Removed ones, too.
            case '@anyvm':
                return !isAdmin;
            case '@adminvm':
            case 'dom0':
                return isAdmin;
            default:
                return qube !== undefined && token === name;
        }
    };
    return (
        rules.find(
            ({ service, argument, source, target }) =>
                (service === '*' || service === request.service) &&
                (argument === '*' || argument === request.argument) &&
                matches(source, request.source) &&
                matches(target, request.target),
        ) ?? null
    );
}
