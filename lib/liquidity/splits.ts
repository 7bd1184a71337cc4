import { DAY_MS, hashOf } from "../core/mod.ts";
import { type FeatureTable, labelledRows } from "./feature_table.ts";

/** Rows of a table for each use, as indices. */
export interface TimeSplit {
  train: number[];
  /** After the training part: early stopping and calibration. */
  validation: number[];
  /** After the validation part: what is reported. */
  test: number[];
  /** In the time of the test part, of nodes that are in no other part. */
  heldOutNodes: number[];
  /** First time of each later part, Unix ms. */
  validationFromMs: number;
  testFromMs: number;
}

/** How {@linkcode splitByTime} divides. */
export interface SplitOptions {
  /** Share of the labelled rows, by time, that validation and test take each; test may take none. */
  validationShare: number;
  testShare: number;
  /** Share of the nodes that only ever test, rounded down; none where there are fewer than four. */
  heldOutShare: number;
}

/** Values of {@linkcode SplitOptions} where none is given. */
export const SPLIT_DEFAULTS = {
  validationShare: 0.2,
  testShare: 0.2,
  heldOutShare: 0.2,
} satisfies SplitOptions;

/**
 * Divides the labelled rows by time, never at random: training first, then validation, then test,
 * at times such that each has its share of the rows.
 * Between two parts lies a gap of one horizon, so that no label of an earlier part looks into a
 * later one. Some nodes (by a hash of their name) are held out of training and validation.
 */
export function splitByTime(table: FeatureTable, options: Partial<SplitOptions> = {}): TimeSplit {
  const { validationShare, testShare, heldOutShare } = { ...SPLIT_DEFAULTS, ...options };
  const rows = labelledRows(table);
  const times = Float64Array.from(rows, (row) => table.timeMs[row]).sort();
  const timeAt = (share: number) => times[Math.floor(share * times.length)] ?? NaN;
  const testFromMs = testShare === 0 ? Infinity : timeAt(1 - testShare);
  const validationFromMs = timeAt(1 - testShare - validationShare);
  const heldOut = heldOutNodeNames(
    rows.map((row) => table.nodes[row]),
    testShare === 0 ? 0 : heldOutShare,
  );
  const split: TimeSplit = {
    train: [],
    validation: [],
    test: [],
    heldOutNodes: [],
    validationFromMs,
    testFromMs,
  };
  for (const row of rows) {
    const timeMs = table.timeMs[row];
    const labelEndsMs = timeMs + table.horizonMs;
    if (timeMs >= testFromMs) {
      (heldOut.has(table.nodes[row]) ? split.heldOutNodes : split.test).push(row);
    } else if (heldOut.has(table.nodes[row])) continue;
    else if (timeMs >= validationFromMs) {
      if (labelEndsMs <= testFromMs) split.validation.push(row);
    } else if (labelEndsMs <= validationFromMs) split.train.push(row);
  }
  return split;
}

/** First and last time of some rows; both NaN where there are none. */
export function timeRange(table: FeatureTable, rows: readonly number[]): [number, number] {
  let [first, last] = [Infinity, -Infinity];
  for (const row of rows) {
    first = Math.min(first, table.timeMs[row]);
    last = Math.max(last, table.timeMs[row]);
  }
  return rows.length === 0 ? [NaN, NaN] : [first, last];
}

/**
 * The shortest time span of labelled rows that {@linkcode splitByTime} can divide into parts, where
 * rows are spread evenly.
 */
export function leastSpanMs(horizonMs: number, options: Partial<SplitOptions> = {}): number {
  const { validationShare, testShare } = { ...SPLIT_DEFAULTS, ...options };
  const shares = [validationShare, testShare, 1 - validationShare - testShare];
  return horizonMs / Math.min(...shares.filter((share) => share > 0));
}

/** `5 days`, for messages about spans. */
export function formatDays(spanMs: number): string {
  return `${(spanMs / DAY_MS).toFixed(1)} days`;
}

function heldOutNodeNames(nodes: readonly string[], share: number): Set<string> {
  // An order of names that has nothing to do with what they are.
  const names = [...new Set(nodes)].sort((a, b) => hashOf(a) - hashOf(b) || (a < b ? -1 : 1));
  return new Set(names.length < 4 ? [] : names.slice(0, Math.floor(names.length * share)));
}
