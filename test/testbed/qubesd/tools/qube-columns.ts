// The columns of qvm-ls: a few computed ones, and any property by its name.

import type { Api, ListedQube, PropertyState } from './api.ts';

type Properties = ReadonlyMap<string, PropertyState>;

const typeLetters: Readonly<Record<string, string>> = {
    AdminVM: '0',
    AppVM: 'a',
    DispVM: 'd',
    StandaloneVM: 's',
    TemplateVM: 't',
};

export class QubeColumns {
    private readonly api: Api;
    private readonly cache = new Map<string, Properties>();

    constructor(api: Api) {
        this.api = api;
    }

    /** What has no value, or no such property, is `-`. */
    async row(qube: ListedQube, fields: readonly string[]): Promise<string[]> {
        const cells = [];
        for (const field of fields) {
            cells.push((await this.cell(qube, field)) || '-');
        }
        return cells;
    }

    private async cell(
        qube: ListedQube,
        field: string,
    ): Promise<string | undefined> {
        switch (field.toUpperCase()) {
            case 'NAME':
                return qube.name;
            case 'STATE':
                return qube.state;
            case 'CLASS':
                return qube.klass;
            case 'GATEWAY':
                return this.gateway(qube);
            case 'MEMORY':
                return this.memory(qube);
            case 'FLAGS':
                return this.flags(qube);
            default:
                return this.property(qube.name, field.toLowerCase());
        }
    }

    private async property(
        name: string,
        property: string,
    ): Promise<string | undefined> {
        return (await this.propertiesOf(name)).get(property)?.text;
    }

    private async gateway({ name }: ListedQube): Promise<string | undefined> {
        const netvm = await this.property(name, 'netvm');
        return netvm ? this.property(netvm, 'gateway') : undefined;
    }

    /** In MiB, of a qube that runs. */
    private async memory(qube: ListedQube): Promise<string | undefined> {
        if (qube.state === 'Halted') {
            return undefined;
        }
        const state = await this.api.call('admin.vm.CurrentState', qube.name);
        return String(Number(/mem=([0-9]+)/.exec(state)?.[1]) / 1024);
    }

    /** Type, state, and a letter for each property that is true. */
    private async flags({ name, klass, state }: ListedQube): Promise<string> {
        const properties = await this.propertiesOf(name);
        const letter = typeLetters[klass] ?? '-';
        const isHvm = properties.get('virt_mode')?.text === 'hvm';
        const flag = (property: string, sign: string) =>
            properties.get(property)?.text === 'True' ? sign : '-';
        return [
            isHvm ? letter.toUpperCase() : letter,
            state === 'Halted' ? '-' : state.charAt(0).toLowerCase(),
            flag('updateable', 'U'),
            flag('provides_network', 'N'),
            flag('installed_by_rpm', 'R'),
            flag('internal', 'i'),
            flag('debug', 'D'),
            flag('autostart', 'A'),
        ].join('');
    }

    private async propertiesOf(name: string): Promise<Properties> {
        const known =
            this.cache.get(name) ??
            (await this.api.properties('admin.vm.property', name));
        this.cache.set(name, known);
        return known;
    }
}
