// What qvm-ls and qvm-prefs print, as far as it is known from the real ones
// (qubes-core-admin-client qubesadmin/tools/qvm_ls.py and qvm_prefs.py).
import { parseQubeName, type QubeName } from '../../shared/domain/qube-name.ts';
import { toPrintable } from '../../shared/printable.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import {
    parseQube,
    type QubeProperty,
    qubeProperties,
    type UntrustedQube,
} from './parse-qube.ts';
import { type Qube, refersToMissing, type System } from './qube.ts';

/** The columns to ask qvm-ls for; it calls the class another name. */
export const qvmLsFields = qubeProperties
    .map((each) => (each === 'klass' ? 'class' : each))
    .join(',');

/** Classes without a network in dom0's hands. */
const withoutNetwork = new Set(['AdminVM', 'RemoteVM']);

/**
 * Reads `qvm-ls --raw-data` with the columns qvmLsFields: a line for each
 * qube, cells joined by `|`, `-` for none. dom0 and remote qubes are left
 * out. A listing cut short is an error.
 */
export function parseQvmLs(untrusted_text: string): Result<System, string> {
    const system = new Map<QubeName, Qube>();
    const untrusted_lines = untrusted_text.split('\n');
    if (untrusted_lines.pop() !== '') {
        return err('its last line has no end');
    }
    if (
        !untrusted_lines.some((untrusted_line) =>
            untrusted_line.startsWith('dom0|'),
        )
    ) {
        return err('dom0 is missing');
    }
    for (const untrusted_line of untrusted_lines) {
        const result = parseQvmLsLine(untrusted_line);
        if (!result.ok) {
            return result;
        }
        const qube = result.value;
        if (qube !== null && system.has(qube.name)) {
            return err(`${qube.name} is there twice`);
        }
        if (qube !== null) {
            system.set(qube.name, qube);
        }
    }
    return checkReferences(system);
}

function parseQvmLsLine(untrusted_line: string): Result<Qube | null, string> {
    const untrusted_cells = untrusted_line.split('|');
    if (untrusted_cells.length !== qubeProperties.length) {
        const shown = toPrintable(untrusted_line, 120);
        return err(`not ${qubeProperties.length} columns: ${shown}`);
    }
    const untrusted_qube = toRecord((_, index) => {
        const untrusted_cell = untrusted_cells[index] ?? '-';
        return untrusted_cell === '-' ? null : untrusted_cell;
    });
    return withoutNetwork.has(untrusted_qube.klass ?? '')
        ? ok(null)
        : parseQube(untrusted_qube);
}

/** A netvm or template that is not listed means a listing cut short. */
function checkReferences(system: System): Result<System, string> {
    const gap = refersToMissing(system);
    if (gap !== null) {
        return err(`${gap.qube} refers to ${gap.missing}, which is missing`);
    }
    return ok(system);
}

/** Reads `qvm-ls --raw-list`: a name on each line; dom0 is left out. */
export function parseNames(
    untrusted_text: string,
): Result<ReadonlySet<QubeName>, string> {
    const untrusted_lines = untrusted_text.split('\n');
    if (untrusted_lines.pop() !== '') {
        return err('its last line has no end');
    }
    const names = new Set<QubeName>();
    for (const untrusted_line of untrusted_lines) {
        const name = parseQubeName(untrusted_line);
        if (name.ok) {
            names.add(name.value);
        } else if (untrusted_line !== 'dom0') {
            return err(`not a qube: ${toPrintable(untrusted_line, 120)}`);
        }
    }
    return ok(names);
}

/**
 * Reads the listing of `qvm-prefs QUBE`: a line `NAME FLAG VALUE` for each
 * property, FLAG being `-` for set, `D` for default and `U`, without a value,
 * for unset. Null for dom0 and remote qubes.
 */
export function parseQvmPrefs(
    untrusted_text: string,
): Result<Qube | null, string> {
    const untrusted_values = new Map<string, string>();
    const untrusted_lines = untrusted_text.split('\n');
    if (untrusted_lines.pop() !== '') {
        return err('its last line has no end');
    }
    for (const untrusted_line of untrusted_lines) {
        const match = /^([a-z0-9_]+) +(?:U|[-D] {2}(.*))$/.exec(untrusted_line);
        if (match === null) {
            return err(`not a property: ${toPrintable(untrusted_line, 120)}`);
        }
        const [, name = '', untrusted_value = ''] = match;
        if (untrusted_values.has(name)) {
            return err(`${name} is there twice`);
        }
        untrusted_values.set(name, untrusted_value);
    }
    if (withoutNetwork.has(untrusted_values.get('klass') ?? '')) {
        return ok(null);
    }
    return parseQube(
        toRecord((property) => {
            const untrusted_value = untrusted_values.get(property) ?? '';
            return ['', 'None'].includes(untrusted_value)
                ? null
                : untrusted_value;
        }),
    );
}

function toRecord(
    textOf: (property: QubeProperty, index: number) => string | null,
): UntrustedQube {
    const entries = qubeProperties.map((each, index) => [
        each,
        textOf(each, index),
    ]);
    return Object.fromEntries(entries) as UntrustedQube;
}
