// Qubes that qvm-tools change, as far as `setup` does it, with the refusals of
// the real ones (qubes-core-admin qubes/vm/mix/net.py, qubes/app.py).
import type {
    CommandOutcome,
    RunCommand,
} from '../../shared/io/run-command.ts';
import { type FakeQube, qvmPrefs } from './fake-qubes.ts';
import { outcome } from './outcome.ts';

/** What goes wrong with the change of that number, counted from 0. */
export interface Fault {
    readonly at: number;
    /**
     * `refused`: nothing is done. `half`: it is, and yet the tool fails.
     * `hangs`: the same, and nobody hears of its end.
     */
    readonly how: 'refused' | 'half' | 'hangs';
}

export interface State extends FakeQube {
    /** Its netvm is the default one. */
    readonly follows: boolean;
}

const defaultNetvm = 'sys-firewall';

function isRunning({ xid = -1 }: FakeQube): boolean {
    return xid > 0;
}

class Refusal extends Error {}

export class ChangingQubes {
    readonly states: Map<string, State>;
    readonly features: Record<string, string> = {};
    /** Changes that were asked for, as typed. */
    readonly asked: string[] = [];
    faults: readonly Fault[] = [];
    /** Called after each. */
    onChange: (count: number) => void = () => undefined;

    constructor(
        qubes: readonly FakeQube[],
        following: readonly string[],
        features: Readonly<Record<string, string>>,
    ) {
        this.states = new Map(
            qubes.map((qube) => [
                qube.name,
                { ...qube, follows: following.includes(qube.name) },
            ]),
        );
        Object.assign(this.features, features);
    }

    /** As `qvm-ls` lists them. */
    get listed(): readonly State[] {
        return [...this.states.values()].sort((a, b) =>
            a.name < b.name ? -1 : 1,
        );
    }

    /** What is to be as before after an undo. */
    get picture(): string {
        return JSON.stringify(
            this.listed.map((qube) => {
                const { name, netvm = null, follows } = qube;
                return [name, netvm, follows, isRunning(qube)];
            }),
        );
    }

    readonly run: RunCommand = async (file, args) => {
        if (file === 'qvm-features') {
            const stdout = this.features[args[0] ?? ''] ?? '';
            return outcome({ stdout });
        }
        if (file === 'qvm-prefs' && args.length === 1) {
            return this.#listing(args[0] ?? '');
        }
        return this.type(file, args);
    };

    /** One change. */
    type(file: string, args: readonly string[]): CommandOutcome {
        const count = this.asked.length;
        this.asked.push([file, ...args].join(' '));
        const how = this.faults.find(({ at }) => at === count)?.how;
        try {
            if (how === 'refused') {
                throw new Refusal('no luck');
            }
            this.#change(file, args);
        } catch (error) {
            if (!(error instanceof Refusal)) {
                throw error;
            }
            const stderr = `${file}: error: ${error.message}\n`;
            return outcome({ exitCode: 1, stderr });
        } finally {
            this.onChange(count);
        }
        if (how === 'hangs') {
            return outcome({ exitCode: null, timedOut: true });
        }
        return how === 'half'
            ? outcome({ exitCode: 2, stderr: `${file}: half done\n` })
            : outcome();
    }

    #listing(name: string): CommandOutcome {
        const state = this.states.get(name);
        if (state === undefined) {
            return outcome({ exitCode: 2, stderr: 'no such domain\n' });
        }
        const flag = state.follows ? 'D' : '-';
        const stdout = qvmPrefs(state).replace(
            /^(netvm +)\S/m,
            (_, start) => `${start}${flag}`,
        );
        return outcome({ stdout });
    }

    #change(file: string, args: readonly string[]): void {
        const name = args.at(-1) ?? '';
        switch (file) {
            case 'qvm-create':
                this.#create(name, args);
                break;
            case 'qvm-start':
                this.#start(name);
                break;
            case 'qvm-shutdown':
                this.#shutDown(name);
                break;
            case 'qvm-remove':
                this.#remove(name);
                break;
            case 'qvm-prefs':
                this.#prefer(args);
                break;
            default:
                throw new Error(`unexpected: ${file} ${args.join(' ')}`);
        }
    }

    #start(name: string): void {
        if (isRunning(this.#expect(name))) {
            throw new Refusal('Domain is already running');
        }
        this.#set(name, { xid: 100 + this.asked.length });
    }

    #shutDown(name: string): void {
        if (this.#usersOf(name).some(isRunning)) {
            throw new Refusal('There are other VMs connected to this VM');
        }
        this.#set(name, { xid: -1 });
    }

    #remove(name: string): void {
        const isActive = isRunning(this.#expect(name));
        if (isActive || this.#usersOf(name).length > 0) {
            throw new Refusal(isActive ? 'not powered off' : 'in use');
        }
        this.states.delete(name);
    }

    #usersOf(name: string): readonly FakeQube[] {
        return this.listed.filter(({ netvm }) => netvm === name);
    }

    /** `--default QUBE netvm`, or `QUBE netvm VALUE`. */
    #prefer(args: readonly string[]): void {
        const [first = '', second = '', value = ''] = args;
        if (first === '--default') {
            this.#setNetvm(second, defaultNetvm, true);
        } else {
            this.#setNetvm(first, value === 'none' ? null : value, false);
        }
    }

    #create(name: string, args: readonly string[]): void {
        if (this.states.has(name)) {
            throw new Refusal(`Qube already exists: ${name}`);
        }
        const netvm = args.find((each) => each.startsWith('netvm='));
        const template = args[args.indexOf('--template') + 1] ?? '';
        this.states.set(name, {
            name,
            template,
            netvm: netvm?.slice('netvm='.length) ?? defaultNetvm,
            ip: '10.137.0.77',
            gateway: '10.137.0.3',
            providesNetwork: args.includes('provides_network=True'),
            follows: netvm === undefined,
        });
    }

    #setNetvm(name: string, netvm: string | null, follows: boolean): void {
        const state = this.#expect(name);
        if (netvm !== null) {
            const target = this.#expect(netvm);
            if (!target.providesNetwork) {
                throw new Refusal('does not provide network');
            }
            if (isRunning(state) && !isRunning(target)) {
                throw new Refusal('Cannot dynamically attach to stopped NetVM');
            }
            for (let up: string | null = netvm; up !== null; ) {
                if (up === name) {
                    throw new Refusal('Loops in network are unsupported');
                }
                up = this.states.get(up)?.netvm ?? null;
            }
        }
        const network =
            netvm === null
                ? { ip: null, gateway: null }
                : {
                      ip: state.ip ?? '10.137.0.78',
                      gateway: this.#expect(netvm).ip ?? null,
                  };
        this.#set(name, { netvm, follows, ...network });
    }

    #expect(name: string): State {
        const state = this.states.get(name);
        if (state === undefined) {
            throw new Refusal(`no such domain: '${name}'`);
        }
        return state;
    }

    #set(name: string, changes: Partial<State>): void {
        this.states.set(name, { ...this.#expect(name), ...changes });
    }
}
