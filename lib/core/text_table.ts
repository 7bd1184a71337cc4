/**
 * Rows as an aligned table for a terminal: a header, a line, the rows. Columns whose every cell
 * starts like a number are set to the right.
 *
 * @param header one name a column
 * @param rows cells as text, each row as long as the header
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = header.map((name, c) =>
    Math.max(name.length, ...rows.map((row) => row[c].length))
  );
  const right = header.map((_, c) =>
    rows.length > 0 && rows.every((row) => /^([-+]?\d|-$|$)/.test(row[c]))
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, c) => right[c] ? cell.padStart(widths[c]) : cell.padEnd(widths[c]))
      .join("  ").trimEnd();
  return [line(header), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)];
}

/** `#####.....`: a share from 0 to 1 as a bar of `width` characters. */
export function textBar(share: number, width = 20): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "#".repeat(filled) + ".".repeat(width - filled);
}
