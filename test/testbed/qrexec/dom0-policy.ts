// What dom0's policy decides now, for calls of one qube.
import { readdirSync, readFileSync } from 'node:fs';
import { Api } from '../qubesd/tools/api.ts';
import {
    decidingRule,
    type PolicyQube,
    type PolicyRule,
    parsePolicy,
} from './policy.ts';

const directory = '/etc/qubes/policy.d';
export const qubesdSocket = '/var/run/qubesd.sock';

interface Qube extends PolicyQube {
    readonly isRunning: boolean;
}

/** The rule that allows that call; null: it is refused. */
export type Decide = (
    service: string,
    argument: string,
    target: string,
) => PolicyRule | null;

export async function policyNow(source: string): Promise<Decide> {
    const qubes = await qubesNow();
    const files = readdirSync(directory).sort();
    const rules = files.flatMap((name) =>
        parsePolicy(readFileSync(`${directory}/${name}`, 'utf8')),
    );
    return (service, argument, target) => {
        const request = { service, argument, source, target };
        const rule = decidingRule(rules, request, (name) => qubes.get(name));
        // qrexec/policy/parser.py, Allow.evaluate.
        const { action, parameters } = rule ?? {};
        const called = parameters?.get('target') ?? target;
        const isUp = qubes.get(called)?.isRunning ?? false;
        const mayStart = parameters?.get('autostart') !== 'no';
        return action === 'allow' && qubes.has(called) && (isUp || mayStart)
            ? rule
            : null;
    };
}

async function qubesNow(): Promise<Map<string, Qube>> {
    const api = new Api(qubesdSocket);
    const listed = await api.list();
    const qubes = listed.map(async ({ name, klass, state }) => {
        const tags = await api.call('admin.vm.tag.List', name);
        return [
            name,
            {
                klass,
                tags: new Set(tags.split('\n')),
                isRunning: state === 'Running',
            },
        ] as const;
    });
    return new Map(await Promise.all(qubes));
}
