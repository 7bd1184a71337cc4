/** Signs that take two cells of a terminal: of East Asian scripts, and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Signs that take none: accents on the one before, and what only says how text is to be set. */
const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Cells of a terminal that a text on one line takes. */
export function textWidth(text: string): number {
  let width = 0;
  for (const sign of text) width += ZERO_WIDTH.test(sign) ? 0 : WIDE.test(sign) ? 2 : 1;
  return width;
}

/** The text with spaces up to `width` cells, behind it or before it. */
export function padCells(text: string, width: number, side: "end" | "start" = "end"): string {
  const spaces = " ".repeat(Math.max(0, width - textWidth(text)));
  return side === "end" ? text + spaces : spaces + text;
}

/** Lines of at most `width` cells, broken at spaces; a longer word stands alone. */
export function wrapCells(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
