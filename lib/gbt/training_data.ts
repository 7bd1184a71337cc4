import { InputError } from "../core/mod.ts";
import { type Matrix, MISSING_FROM } from "./matrix.ts";

/** Features, targets and, where rows count differently, weights. */
export interface LabelledData {
  x: Matrix;
  /** One number a row, from -1e100 to 1e100. */
  y: Float64Array;
  /** One number a row, above 0 and at most 1e100. */
  weight?: Float64Array;
}

/** What a booster is trained on. */
export interface TrainingData extends LabelledData {
  /** One name a column; at prediction they are compared. */
  featureNames: string[];
}

/** Greatest absolute target and greatest weight: their squares and sums stay finite. */
const MOST = 1e100;

/** Most rows: the count of a histogram cell has 24 bits. */
export const MAX_ROWS = 2 ** 24 - 1;

/**
 * Checks shapes and values.
 *
 * @throws {InputError} for empty data, a single row, lengths that differ, a target that is no
 * number or too large to be squared, a weight that is not above 0, two features of one name, and, where `constant` is
 * `refuse`, a target or a feature with one single value.
 */
export function checkTrainingData(data: TrainingData, constant: "refuse" | "accept"): void {
  const { x, featureNames } = data;
  if (x.rows < 2) {
    throw new InputError({ field: "rows", found: x.rows, expected: "at least 2 rows" });
  }
  if (x.rows > MAX_ROWS) {
    throw new InputError({ field: "rows", found: x.rows, expected: `at most ${MAX_ROWS} rows` });
  }
  if (x.columns < 1) {
    throw new InputError({ field: "columns", found: x.columns, expected: "at least 1 feature" });
  }
  checkLabels(data);
  if (featureNames.length !== x.columns) {
    throw new InputError({
      field: "featureNames",
      found: featureNames.length,
      expected: `${x.columns} names, one a column`,
    });
  }
  const twice = featureNames.find((name, i) => featureNames.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new InputError({ field: "featureNames", found: twice, expected: "each name once" });
  }
  if (constant === "refuse") refuseConstants(data);
}

/** Checks lengths, targets and weights. @throws {InputError} */
export function checkLabels({ x, y, weight }: LabelledData): void {
  if (x.data.length !== x.rows * x.columns) {
    throw new InputError({
      field: "x",
      found: x.data.length,
      expected: `${x.rows} rows of ${x.columns} values`,
    });
  }
  if (y.length !== x.rows) {
    throw new InputError({ field: "target", found: y.length, expected: `${x.rows} targets` });
  }
  const bad = y.findIndex((value) => !(Math.abs(value) <= MOST));
  if (bad >= 0) {
    throw new InputError({
      line: bad + 1,
      field: "target",
      found: String(y[bad]),
      expected: `a number from -${MOST} to ${MOST}`,
    });
  }
  if (!weight) return;
  if (weight.length !== x.rows) {
    throw new InputError({ field: "weight", found: weight.length, expected: `${x.rows} weights` });
  }
  const light = weight.findIndex((value) => !(value > 0 && value <= MOST));
  if (light >= 0) {
    throw new InputError({
      line: light + 1,
      field: "weight",
      found: String(weight[light]),
      expected: `a number above 0, at most ${MOST}`,
    });
  }
}

function refuseConstants({ x, y, featureNames }: TrainingData): void {
  if (y.every((value) => value === y[0])) {
    throw new InputError({
      field: "target",
      found: y[0],
      expected: "values that differ between rows (constant: accept predicts that value)",
    });
  }
  for (let c = 0; c < x.columns; c++) {
    if (isConstant(x, c)) {
      throw new InputError({
        field: featureNames[c],
        found: String(x.data[c]),
        expected: "values that differ between rows (constant: accept ignores such a feature)",
      });
    }
  }
}

/** Whether every row has the same value in this column, or all miss it. */
export function isConstant({ data, rows, columns }: Matrix, column: number): boolean {
  const first = data[column];
  const missing = !(first < MISSING_FROM);
  for (let i = column, r = 0; r < rows; i += columns, r++) {
    if (missing ? data[i] < MISSING_FROM : data[i] !== first) return false;
  }
  return true;
}
