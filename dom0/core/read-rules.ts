// From the files that concern a qube, and what they include, to its rules.
import type { QubeName } from '../../shared/domain/qube-name.ts';
import { err, ok } from '../../shared/result.ts';
import { proxyFilePath, setFilePath } from './config-file.ts';
import {
    contradictions,
    type Default,
    defaultOf,
    type RootFile,
} from './default.ts';
import type {
    EffectiveRules,
    FileRead,
    Includable,
    Place,
    QubeRules,
    RulesOfFile,
} from './effective-rules.ts';
import { atLine, type FileProblem, wholeFile } from './file-problem.ts';
import { isOver, type Moment } from './moment.ts';
import type { Root } from './roots.ts';
import { maxRules, type RuleFile, type StoredRule } from './rule-file.ts';
import type { SetName } from './set-name.ts';
import { mergeSettings } from './settings/merge-settings.ts';
import { type PlacedSetting, settingsIn } from './settings/setting.ts';
import type { FileContent, SharedFiles } from './shared-files.ts';

type QubeTimes = Pick<EffectiveRules, 'learnsUntil' | 'watchedUntil'>;

const noTimes: QubeTimes = { learnsUntil: null, watchedUntil: null };

/** Goes through files and what they include, each set once. */
export class Reading {
    readonly read: FileRead[] = [];
    private readonly found: RulesOfFile[] = [];
    private readonly problems: FileProblem[] = [];
    private readonly seen = new Set<SetName>();
    private default: Default = 'deny';
    private readonly own: PlacedSetting[] = [];
    private readonly ofProxyvm: PlacedSetting[] = [];

    private readonly shared: SharedFiles;
    private readonly moment: Moment;
    private readonly xid: number | null;
    private isLasting = false;

    constructor({ shared, moment }: Includable, xid: number | null) {
        this.shared = shared;
        this.moment = moment;
        this.xid = xid;
    }

    file(path: string, content: FileContent, via: readonly Place[]): void {
        this.read.push({ file: path, via, content });
        if (!content.ok) {
            this.problems.push(...content.error);
            return;
        }
        const { rules } = content.value;
        this.found.push({ file: path, via, rules, over: new Set() });
        this.includes(path, content.value, via);
        this.own.push(...settingsIn(path, content.value));
    }

    defaults(roots: readonly Root[]): void {
        const filled = roots.flatMap(({ path, content }) =>
            content.ok ? [{ path, file: content.value }] : [],
        );
        this.problems.push(...contradictions(filled));
        const isAllow = ({ file }: RootFile) => defaultOf(file) === 'allow';
        this.default = filled.some(isAllow) ? 'allow' : 'deny';
    }

    private includes(
        path: string,
        { directives }: RuleFile,
        via: readonly Place[],
    ): void {
        for (const { directive, line } of directives) {
            if (directive.kind === 'include') {
                this.isLasting = true;
                this.include(directive.set, [...via, { file: path, line }]);
            }
        }
    }

    private include(set: SetName, via: readonly Place[]): void {
        const path = setFilePath(set);
        if (via.some(({ file }) => file === path)) {
            this.problemAt(via, `${describeLoop(path, via)}`);
            return;
        }
        if (this.seen.has(set)) {
            return;
        }
        this.seen.add(set);
        const content = this.shared.sets.get(set);
        if (content === undefined) {
            this.problemAt(via, `there is no set '${set}' (${path})`);
        } else {
            this.file(path, content, via);
        }
    }

    private problemAt(via: readonly Place[], message: string): void {
        const place = via.at(-1);
        if (place !== undefined) {
            const { file, line } = place;
            this.problems.push(atLine(file, line, message));
        }
    }

    /** What holds for all clients of that ProxyVM. */
    proxyvm(name: QubeName): void {
        const content = this.shared.proxies.get(name);
        if (content?.ok) {
            const path = proxyFilePath(name);
            this.ofProxyvm.push(...settingsIn(path, content.value));
        }
        this.problems.push(...(content?.ok === false ? content.error : []));
    }

    /** What cannot be told is no way out: a host stays blocked then. */
    private inForce(file: RulesOfFile): RulesOfFile {
        const { moment, xid } = this;
        const known =
            this.default === 'allow' && moment.passed === null
                ? { ...moment, passed: 0 }
                : moment;
        const isEnded = (rule: StoredRule) => isOver(rule, known, xid);
        return { ...file, over: new Set(file.rules.filter(isEnded)) };
    }

    /** `times` are of the qube that they are read for. */
    result(own: string, times: QubeTimes = noTimes): QubeRules {
        const count = this.found.reduce(
            (sum, each) => sum + each.rules.length,
            0,
        );
        if (count > maxRules) {
            const message = `more than ${maxRules} rules with all that it includes`;
            this.problems.push(wholeFile(own, message));
        }
        const merged = mergeSettings(this.ofProxyvm, this.own, this.default);
        if (this.problems.length > 0 || !merged.ok) {
            return err([...this.problems, ...(merged.ok ? [] : merged.error)]);
        }
        return ok({
            default: this.default,
            files: this.found.map((file) => this.inForce(file)),
            isLasting: this.isLasting || this.default === 'allow',
            settings: merged.value,
            ...times,
            learnsUntil: this.default === 'deny' ? times.learnsUntil : null,
        });
    }
}

function describeLoop(path: string, via: readonly Place[]): string {
    const start = via.findIndex(({ file }) => file === path);
    const round = via.slice(start).map(({ file }) => file);
    return `this includes itself: ${[...round, path].join(', ')}`;
}
