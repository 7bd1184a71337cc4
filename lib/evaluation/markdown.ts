/** Markdown from text of strangers: nothing they write becomes a link, a table or an image. */
import { shortName } from "../charts/mod.ts";

/** A name as code, on one line and without what would end code or a table's cell. */
export function code(name: string, maxLength = 28): string {
  const clean = shortName(name, maxLength).replaceAll("`", "'").replaceAll("|", "¦");
  return clean === "" ? "–" : `\`${clean}\``;
}

/** A sentence as text: characters that mean something in Markdown or HTML are escaped. */
export function prose(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|~&!]/g, (c) => `\\${c}`);
}

/** How a column of a table is aligned. */
export type Align = "left" | "right";

/** A table; cells are Markdown already. */
export function table(
  columns: readonly { name: string; align?: Align }[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ name }) => name)),
    line(columns.map(({ align }) => align === "right" ? "---:" : "---")),
    ...rows.map(line),
  ].join("\n");
}
