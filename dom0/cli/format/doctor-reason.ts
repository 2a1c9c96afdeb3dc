// Why a check is as it is, in words.
import type { QubeName } from '../../../shared/domain/qube-name.ts';
import { quoted } from '../../../shared/printable.ts';
import { ruleFilePath } from '../../core/config-file.ts';
import type { Check } from '../../core/doctor/check.ts';
import { addLock, type KnownWayAround } from '../../core/firewall.ts';
import { ruleOwnerName, type System } from '../../core/qube.ts';
import { shellLine } from './command.ts';
import { explainCall } from './doctor-call.ts';
import type { Explanation } from './explanation.ts';
import { formatDaemon } from './freshness.ts';
import { packagesOf } from './no-agent.ts';
import { showPlace } from './place.ts';
import { describeReach } from './reach.ts';
import { explainSituation } from './situation.ts';
import { explainForeignFile, explainUnserved } from './unserved.ts';
import { describeLocked, nameExceptions } from './way-around.ts';

export function explainCheck(check: Check, system: System): Explanation {
    const { about, reason } = check;
    if (reason.kind === 'text') {
        return reason;
    }
    if (reason.kind === 'after') {
        const { earlier } = reason;
        const whose = earlier.about === about ? 'its' : aboutText(earlier);
        return {
            what: `not looked at: see ${whose} ${earlier.name}`,
            todo: [],
        };
    }
    if (reason.kind === 'daemon') {
        return asExplanation(formatDaemon(reason.daemon));
    }
    if (reason.kind === 'problems') {
        return explainProblems(about, reason, system);
    }
    if (about === null) {
        throw new Error(`a check of dom0 with the reason ${reason.kind}`);
    }
    return explainOfQube(about, reason, system);
}

type OfFiles = Extract<Check['reason'], { kind: 'problems' }>;

type OfQube = Exclude<
    Check['reason'],
    { kind: 'text' | 'after' | 'daemon' | 'problems' }
>;

function explainOfQube(
    about: QubeName,
    reason: OfQube,
    system: System,
): Explanation {
    const qube = system.get(about);
    const owner = qube === undefined ? about : ruleOwnerName(qube);
    switch (reason.kind) {
        case 'call':
            return explainCall(about, system, reason.failure);
        case 'unfit': {
            const template = packagesOf(about, system);
            return {
                what: `its agent says: ${quoted(reason.untrusted_why, 300)}`,
                todo: [
                    `to have the new one used: shut ${template} down, restart ` +
                        `${about}, then qvm-filterproxy update ${about}`,
                ],
            };
        }
        case 'rules':
            return explainRules(about, reason);
        case 'foreign-file':
            return explainForeignFile(owner);
        case 'unserved':
            return explainUnserved(about, owner, reason.why);
        case 'situation':
            return explainSituation(about, system, reason.situation);
        case 'around':
            return explainAround(
                about,
                reason.around,
                qube?.providesNetwork ?? false,
            );
    }
}

function aboutText({ about }: Check): string {
    return about === null ? "dom0's" : `${about}'s`;
}

function asExplanation([what = '', ...rest]: readonly string[]): Explanation {
    return { what, todo: rest.map((line) => line.trimStart()) };
}

/** Of many the first ones; `lint` prints all. */
const mostFindings = 3;

function explainProblems(
    about: QubeName | null,
    { problems, unread = [] }: OfFiles,
    system: System,
): Explanation {
    const [what = '', ...more] = [
        ...unread,
        ...problems
            .slice(0, mostFindings)
            .map((problem) => `${showPlace(problem)}: ${problem.message}`),
    ];
    const qube = about === null ? undefined : system.get(about);
    const owner = qube && ruleOwnerName(qube);
    // Of a file as a whole the problem names the command: edit cannot open it.
    const isToEdit = problems.some(
        ({ file, line }) =>
            owner !== undefined &&
            file === ruleFilePath(owner) &&
            line !== null,
    );
    const lint = [
        'qvm-filterproxy',
        'lint',
        ...(about === null ? [] : [about]),
    ];
    return {
        what,
        todo: [
            ...more,
            // Of dom0 each names what mends it, and not all are rules.
            ...(about !== null || problems.length > mostFindings
                ? [`to see it all: ${lint.join(' ')}`]
                : []),
            ...(isToEdit ? [`to mend it: qvm-filterproxy edit ${owner}`] : []),
        ],
    };
}

function explainRules(
    about: QubeName,
    { default: byDefault, rules, findings }: Extract<OfQube, { kind: 'rules' }>,
): Explanation {
    const shown = findings.slice(0, mostFindings);
    return {
        what: `${describeReach(byDefault, rules)}, without an error`,
        todo: [
            ...shown.map((found) => `${showPlace(found)}: ${found.message}`),
            ...(findings.length === 0
                ? []
                : [`to see it all: qvm-filterproxy lint ${about}`]),
        ],
    };
}

function explainAround(
    about: QubeName,
    around: KnownWayAround,
    providesNetwork: boolean,
): Explanation {
    if (around.kind === 'unknown') {
        return { what: `not known: ${around.why}`, todo: [] };
    }
    if (around.kind === 'none' || around.locked) {
        const dns =
            around.kind === 'exceptions' &&
            /(?:^|; )DNS/.test(nameExceptions(around))
                ? '; by DNS anything can be told to anybody'
                : '';
        return { what: `${describeLocked(around)}${dns}`, todo: [] };
    }
    const open =
        around.kind === 'everything' ? 'everything' : nameExceptions(around);
    return {
        what: `it can go around its proxy, its Qubes firewall lets out: ${open}`,
        todo: providesNetwork
            ? [
                  'to lock it, and all that is behind it: ' +
                      shellLine(['qvm-firewall', about, ...addLock]),
              ]
            : [`to lock it: qvm-filterproxy lock ${about}`],
    };
}
