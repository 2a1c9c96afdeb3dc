/** As column(1) does it: two blanks between columns, none at the end. */
export function formatTable(rows: readonly (readonly string[])[]): string {
    const widths: number[] = [];
    for (const row of rows) {
        row.forEach((cell, at) => {
            widths[at] = Math.max(widths[at] ?? 0, cell.length);
        });
    }
    return rows
        .map((row) =>
            row
                .map((cell, at) =>
                    at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0),
                )
                .join('  '),
        )
        .map((line) => `${line}\n`)
        .join('');
}
