// What the doctor found: a line for each check, and below it what to do.
import { toPrintable } from '../../../shared/printable.ts';
import type { Check } from '../../core/doctor/check.ts';
import type { System } from '../../core/qube.ts';
import { explainCheck } from './doctor-reason.ts';

const marks: Readonly<Record<Check['state'], string>> = {
    ok: 'ok',
    failed: 'FAIL',
    unknown: '-',
};

const markWidth = 6;

export function formatChecks(
    checks: readonly Check[],
    system: System,
): string[] {
    const abouts = checks.map(aboutOf);
    const width = Math.max(0, ...abouts.map(({ length }) => length));
    const names = Math.max(0, ...checks.map(({ name }) => name.length));
    return checks.flatMap((check) => {
        const { what, todo } = explainCheck(check, system);
        const line =
            marks[check.state].padEnd(markWidth) +
            `${aboutOf(check).padEnd(width)}  ` +
            `${check.name.padEnd(names)}  ${what}`;
        return [line, ...todo.map((each) => ' '.repeat(markWidth) + each)];
    });
}

function aboutOf({ about }: Pick<Check, 'about'>): string {
    return about ?? 'dom0';
}

export function formatSummary(checks: readonly Check[]): string {
    const count = (state: Check['state']) =>
        checks.filter((check) => check.state === state).length;
    const unknown = count('unknown');
    const rest = unknown === 0 ? '' : `; ${unknown} could not be made`;
    if (count('failed') > 0) {
        return `${count('failed')} of ${checks.length} checks failed${rest}`;
    }
    const scope = unknown === 0 ? '' : ' in what could be looked at';
    return `nothing is wrong${scope}, ${count('ok')} checks are in order${rest}`;
}

/** The same for programs. */
export function checksJson(checks: readonly Check[], system: System) {
    return checks.map((check) => {
        const { what, todo } = explainCheck(check, system);
        return {
            about: aboutOf(check),
            check: check.name,
            state: check.state,
            message: toPrintable(what, 1000),
            todo,
        };
    });
}
