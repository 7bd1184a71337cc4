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

const SPARKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";

/** Values as a line of little bars, from the smallest to the largest; those that are no number as gaps. */
export function sparkline(values: readonly number[]): string {
  const known = values.filter(Number.isFinite);
  const low = Math.min(...known), span = Math.max(...known) - low;
  return values.map((value) => {
    if (!Number.isFinite(value)) return " ";
    const height = span === 0 ? 0.5 : (value - low) / span;
    return SPARKS[Math.min(SPARKS.length - 1, Math.floor(height * SPARKS.length))];
  }).join("");
}
