import { padCells, textWidth, wrapCells } from "./text_width.ts";

/** A number with what it counts, or a sign that there is none; keys that begin with digits are text. */
const AMOUNT = /^([-+]?\d[\d,.]*\s?[a-z%×/]*([ ,(].*)?|-|)$/iu;
/** Before what goes below its row. */
const INDENT = "    ";

/**
 * Rows as an aligned table for a terminal: a header, a line, the rows. Columns whose every cell is
 * an amount are set to the right.
 *
 * @param header one name a column
 * @param rows cells as text, each row as long as the header
 * @param within cells that a line may take; a table that is wider has its last column below each row
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  within = Infinity,
): string[] {
  const widths = header.map((name, c) =>
    Math.max(textWidth(name), ...rows.map((row) => textWidth(row[c])))
  );
  if (header.length > 1 && widths.reduce((sum, width) => sum + width + 2, -2) > within) {
    return narrowTable(header, rows, within);
  }
  const right = header.map((_, c) => rows.length > 0 && rows.every((row) => AMOUNT.test(row[c])));
  const line = (cells: readonly string[]) =>
    cells.map((cell, c) => padCells(cell, widths[c], right[c] ? "start" : "end"))
      .join("  ").trimEnd();
  return [line(header), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)];
}

/** The table without its last column, of which each cell stands below its row. */
function narrowTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  within: number,
): string[] {
  const last = header.length - 1;
  const [names, line, ...body] = textTable(
    header.slice(0, last),
    rows.map((row) => row.slice(0, last)),
  );
  const below = (text: string) =>
    text === "" ? [] : wrapCells(text, within - INDENT.length).map((part) => INDENT + part);
  return [
    names,
    ...below(header[last]),
    line,
    ...body.flatMap((row, i) => [row, ...below(rows[i][last])]),
  ];
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
