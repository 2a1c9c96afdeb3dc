// What `watch` hears of ProxyVMs.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import type { Uuid } from '../../../shared/domain/uuid.ts';
import type {
    ClientRequests,
    Requests,
} from '../../../shared/protocol/requests.ts';
import type { CallFailure } from '../../core/agent-answer.ts';
import { type Qube, ruleOwnerName, type System } from '../../core/qube.ts';
import type { Remedy } from '../../core/requests/remedy.ts';
import { RequestBook } from '../../core/requests/request-book.ts';
import type { Visit } from '../../core/situation.ts';
import type { Deps } from '../../deps.ts';
import { Failure } from '../../failure.ts';
import type { RequestsListener } from '../../follow-requests.ts';
import type { View } from '../../view.ts';
import { type RemedyFor, remediesOf } from '../blocked-hosts.ts';
import { formatAway } from '../format/follow.ts';
import { describeLearning } from '../format/learning.ts';
import { learnerOf } from '../learner-of.ts';
import { OfView } from '../of-view.ts';
import type { RecentView } from '../recent-view.ts';
import { firstLine, Notices } from './notices.ts';
import { justNow, type Row, Rows, rowKey } from './rows.ts';

export class Heard implements RequestsListener {
    readonly rows = new Rows();
    readonly #recent: RecentView;
    readonly #now: () => Date;
    readonly #isWanted: (qube: QubeName) => boolean;
    readonly #onChange: () => void;
    readonly #book = new RequestBook();
    readonly #notices = new Notices();
    /** Of each qube. */
    readonly #remedies = new OfView<RemedyFor>();
    /** Of each row: it is drawn more often than anything changes. */
    readonly #ofRows = new OfView<Remedy>();

    constructor(
        { now }: Deps,
        recent: RecentView,
        isWanted: (qube: QubeName) => boolean,
        onChange: () => void,
    ) {
        this.#recent = recent;
        this.#now = now;
        this.#isWanted = isWanted;
        this.#onChange = onChange;
    }

    async onRequests(proxyvm: QubeName, requests: Requests): Promise<void> {
        await this.#noteTrouble(() =>
            this.#recent.withClients(proxyvm, requests),
        );
        const { system } = this.#recent.last;
        const clients = clientsOf(proxyvm, system);
        const told = { proxyvm, requests, at: this.#now() };
        const heard = this.#book.add(told, system);
        const wanted = heard.changed.filter(({ qube }) => this.#isWanted(qube));
        this.rows.add(wanted.map((row) => justNow(row, told.at)));
        for (const { uuid, recording } of requests.clients) {
            this.#noteRecording(clients.get(uuid), recording);
        }
        for (const qube of heard.flooded.filter(this.#isWanted)) {
            this.#notices.flooded(qube);
        }
        if (requests.clients.length > 0) {
            this.#onChange();
        }
    }

    /** What dom0 knows, not older than so many milliseconds if it can be read. */
    async refresh(age: number): Promise<View> {
        await this.#noteTrouble(() => this.#recent.within(age));
        this.#onChange();
        return this.#recent.last;
    }

    async #noteTrouble(read: () => Promise<View>): Promise<void> {
        try {
            await read();
            this.#notices.trouble = null;
        } catch (error) {
            if (!(error instanceof Failure)) {
                throw error;
            }
            this.#notices.trouble = firstLine(error.message);
        }
    }

    onAway(proxyvm: QubeName, failure: CallFailure): void {
        const [what = ''] = formatAway(
            proxyvm,
            this.#recent.last.system,
            failure,
        );
        this.#notices.away.set(proxyvm, what);
        this.#onChange();
    }

    onBack(proxyvm: QubeName): void {
        this.#notices.away.delete(proxyvm);
        this.#onChange();
    }

    /** What is allowed is to be shown, too: it is said of whom it is not. */
    expectAll(): void {
        this.#notices.expectsAll = true;
    }

    /** ProxyVMs were told to record what is allowed, too. */
    onVisits(visits: readonly Visit[]): void {
        this.#notices.visited(visits);
        this.#onChange();
    }

    /** It could not be written down that somebody watches. */
    onFailure(message: string): void {
        this.#notices.trouble = firstLine(message);
        this.#onChange();
    }

    /** The most important first. */
    notices(): string[] {
        const { trouble } = this.#notices;
        return [
            ...(trouble === null ? [] : [trouble]),
            ...this.#learning(),
            ...this.#notices.lines(),
            ...this.#notices.ofLong(this.#recent.last, this.#isWanted),
        ];
    }

    #learning(): string[] {
        const view = this.#recent.last;
        const { moment, placements } = view;
        const learning = [...view.system.values()].filter(
            ({ name, uuid }) =>
                view.moment.learners.has(uuid) && this.#isWanted(name),
        );
        return learning.flatMap((qube) => {
            const { name } = qube;
            const until = learnerOf(view, qube)?.until;
            const hasProxy = placements.get(name)?.kind === 'served';
            return until === undefined
                ? []
                : [`${name}: ${describeLearning(until, moment, hasProxy)}`];
        });
    }

    /** What the rules say of it, as far as dom0 knows them by now. */
    remedyOf(row: Row): Remedy {
        const view = this.#recent.last;
        return this.#ofRows.get(view, rowKey(row), () =>
            this.#remedyBy(view, row),
        );
    }

    qube(name: QubeName): Qube | undefined {
        return this.#recent.last.system.get(name);
    }

    ownerOf(name: QubeName): QubeName {
        const qube = this.qube(name);
        return qube === undefined ? name : ruleOwnerName(qube);
    }

    /** Of a client of the ProxyVM that says so; of others it is nothing. */
    #noteRecording(
        qube: QubeName | undefined,
        recording: ClientRequests['recording'],
    ): void {
        if (qube !== undefined && this.#isWanted(qube)) {
            this.#notices.recording(qube, recording);
        }
    }

    #remedyBy(view: View, { outcome, ...row }: Row): Remedy {
        const qube = view.system.get(row.qube);
        if (qube === undefined || outcome === 'allowed') {
            return { kind: 'unknown' };
        }
        const remedyFor = this.#remedies.get(view, qube.name, () =>
            remediesOf(view, qube),
        );
        return remedyFor({ ...row, reason: outcome });
    }
}

/** The qubes that a ProxyVM may tell of. */
function clientsOf(
    proxyvm: QubeName,
    system: System,
): ReadonlyMap<Uuid, QubeName> {
    return new Map(
        [...system.values()].flatMap(({ name, netvm, uuid }) =>
            netvm === proxyvm ? [[uuid, name] as const] : [],
        ),
    );
}
