// qubesd and the qvm-* tools are Python: their texts are Python's str() and
// repr() of values.

export type Value = string | number | boolean | null;

/** `str(value)`: `True`, `False`, `None`, digits or the text itself. */
export function pythonStr(value: Value): string {
    if (value === null) {
        return 'None';
    }
    if (typeof value === 'boolean') {
        return value ? 'True' : 'False';
    }
    return String(value);
}

/** `repr(text)` of printable ASCII. */
export function pythonRepr(text: string): string {
    const escaped = text.replace(/\\/g, '\\\\');
    return escaped.includes("'") && !escaped.includes('"')
        ? `"${escaped}"`
        : `'${escaped.replace(/'/g, "\\'")}'`;
}
