import { InputError } from "../core/mod.ts";
import type { Matrix } from "../gbt/mod.ts";
import {
  type FeatureTable,
  formatDays,
  labelledRows,
  leastSpanMs,
  SPLIT_DEFAULTS,
  takeTableRows,
  timeRange,
  type TimeSplit,
} from "../liquidity/mod.ts";

/** Rows that a training needs at least in every part. */
const LEAST_ROWS = 50;

/** Whether a table can be divided and each part has enough rows; what `checkSplit` asks for. */
export function isEnough(table: FeatureTable, split: TimeSplit): boolean {
  try {
    checkSplit(table, split);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** @throws {InputError} where the labelled rows span too little time to be divided, or are too few */
export function checkSplit(table: FeatureTable, split: TimeSplit): void {
  const rows = labelledRows(table);
  const [firstMs, lastMs] = timeRange(table, rows);
  const testShare = split.testFromMs === Infinity ? 0 : SPLIT_DEFAULTS.testShare;
  const needed = leastSpanMs(table.horizonMs, { testShare });
  if (rows.length === 0 || lastMs - firstMs < needed) {
    const span = rows.length === 0 ? "none" : formatDays(lastMs - firstMs);
    throw new InputError({
      field: "timestamp",
      found: `${span} of labelled rows`,
      expected: `at least ${formatDays(needed)}, five horizons: gather more data, or make ` +
        "features with a shorter --horizon-hours",
    });
  }
  for (const part of ["train", "validation", "test"] as const) {
    if (split[part].length >= LEAST_ROWS || (part === "test" && testShare === 0)) continue;
    throw new InputError({
      field: `${part} part`,
      found: `${split[part].length} labelled rows`,
      expected: `at least ${LEAST_ROWS}`,
    });
  }
}

/** Every k-th index, with the least k that leaves no more than `most`. */
export function thinned(rows: readonly number[], most: number): readonly number[] {
  const step = Math.ceil(rows.length / most);
  return rows.filter((_, i) => i % step === 0);
}

/** The features of some rows of a table. */
export function matrixOf(table: FeatureTable, rows: readonly number[]): Matrix {
  const part = takeTableRows(table, rows);
  return { data: part.x, rows: part.rows, columns: table.featureNames.length };
}
