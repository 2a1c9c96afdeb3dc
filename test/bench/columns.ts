// Cells as aligned lines, for people.

/** Which columns stand at their left edge. */
export function align(
    rows: readonly (readonly string[])[],
    isText: (column: number) => boolean,
): string[] {
    const widths = (rows[0] ?? []).map((_, column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    return rows.map((row) =>
        row
            .map((cell, column) => {
                const width = widths[column] ?? 0;
                return isText(column)
                    ? cell.padEnd(width)
                    : cell.padStart(width);
            })
            .join('  ')
            .trimEnd(),
    );
}

/** Three digits, or more before the point. */
export function amount(value: number): string {
    if (value === 0) {
        return '0';
    }
    return value.toFixed(value < 1 ? 3 : value < 100 ? 1 : 0);
}
