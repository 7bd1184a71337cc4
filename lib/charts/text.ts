/** Text for charts. Names of nodes and channels come from strangers and are shown as plain text. */
import { wrapCells } from "../core/browser.ts";

/** Control and formatting characters, those among them that turn the direction of text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;
/** A node's public key, or another long name made of hexadecimal digits. */
const LONG_HEX = /^[0-9a-f]{20,}$/i;

/**
 * A name as it is shown: on one line, without unprintable characters, at most `maxLength` (13 or
 * more) long. Keys that are longer keep 8 digits and the last 4, other names their start.
 */
export function shortName(name: string, maxLength = 20): string {
  const clean = Array.from(name.replace(UNPRINTABLE, " ").replace(/\s+/g, " ").trim());
  if (clean.length <= maxLength) return clean.join("");
  if (!LONG_HEX.test(name)) return `${clean.slice(0, maxLength - 1).join("").trimEnd()}…`;
  return `${name.slice(0, 8)}…${name.slice(-4)}`;
}

/** Marks that only say how the sign before them is to look. */
const SELECTORS = /[\ufe00-\ufe0f\u20e3]/g;
/** A sign that the bundled font can't draw: of a script that it lacks, or beyond the basic plane. */
const BEYOND = String
  .raw`(?:[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Common}\p{Script=Inherited}]|[\u3000-\uffff]|[\u{10000}-\u{10ffff}])`;
/** Runs of them, with what joins them. */
const UNDRAWABLE = new RegExp(`${BEYOND}(?:${BEYOND}|\u200d)*`, "gu");
/** Stands for signs that can't be drawn, so that one sees that something is missing. */
const PLACEHOLDER = "\u25a1";

/**
 * A name as pictures can show it: a square stands for each run of signs that the bundled font does
 * not have. Fonts that had them all would be many times as large as the program.
 *
 * @param otherwise what stands for a name of which nothing can be drawn
 */
export function drawableName(name: string, otherwise: string): string {
  const drawn = name.replace(SELECTORS, "").replace(UNDRAWABLE, PLACEHOLDER).replace(
    UNPRINTABLE,
    " ",
  ).trim();
  return /[\p{L}\p{N}]|(?!\u25a1)\p{S}/u.test(drawn) ? drawn : otherwise;
}

/** Left to right whatever the names are written in: `from → to`. */
export function fromTo(from: string, to: string): string {
  return `${LEFT_TO_RIGHT}${from}${LEFT_TO_RIGHT} → ${LEFT_TO_RIGHT}${to}`;
}

/** A mark without width that turns the direction of what has none back. */
const LEFT_TO_RIGHT = "\u200e";

/** Lines of at most `widthPx`, broken at spaces; DejaVu Sans is 0.53 em wide on average. */
export function wrapText(text: string, widthPx: number, fontPx: number): string[] {
  const limit = Math.max(20, Math.floor(widthPx / (fontPx * 0.53)));
  return wrapCells(text, limit);
}

/** `1 channel`, `1,200 channels`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** `26 %` of a ratio, not to be broken; `<1 %` for what would round to nothing. */
export function wholePercent(ratio: number): string {
  const percent = Math.round(ratio * 100);
  return percent === 0 && ratio > 0 ? "<1\u00a0%" : `${percent}\u00a0%`;
}
