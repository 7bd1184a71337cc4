import { type Rng, UsageError } from "../core/mod.ts";
import type { Booster } from "./booster.ts";
import { lossOf } from "./loss.ts";
import type { Matrix } from "./matrix.ts";
import type { LabelledData } from "./training_data.ts";

/** By how much the loss rises when a feature tells nothing. */
export interface PermutationImportance {
  feature: string;
  /** Mean rise of the loss over the repeats; negative where the feature did harm. */
  importance: number;
  /** Standard deviation over the repeats. */
  deviation: number;
}

/**
 * Permutation importance on data that was held out: every feature's values are shuffled between
 * the rows, and the loss is measured again (Breiman, 2001).
 */
export function permutationImportance(
  booster: Booster,
  data: LabelledData,
  { rng, repeats = 5 }: { rng: Rng; repeats?: number },
): PermutationImportance[] {
  const { x, y, weight = new Float64Array(0) } = data;
  const loss = lossOf(booster.loss);
  const measure = (rows: Matrix) =>
    loss.metric({ score: booster.predictScores(rows), target: y, weight });
  const before = measure(x);
  const shuffled: Matrix = { ...x, data: x.data.slice() };
  return booster.featureNames.map((feature, c) => {
    const column = Float64Array.from({ length: x.rows }, (_, r) => x.data[r * x.columns + c]);
    const rises: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      setColumn(shuffled, c, rng.fork(`${feature}/${repeat}`).shuffle(column.slice()));
      rises.push(measure(shuffled) - before);
    }
    setColumn(shuffled, c, column);
    const mean = rises.reduce((sum, rise) => sum + rise, 0) / repeats;
    const squares = rises.reduce((sum, rise) => sum + (rise - mean) ** 2, 0);
    return { feature, importance: mean, deviation: Math.sqrt(squares / repeats) };
  });
}

/** The mean prediction as one feature takes values, all else as it is. */
export interface PartialDependence {
  feature: string;
  /** Ascending. */
  values: number[];
  /** Mean prediction with the feature at each value. */
  means: number[];
}

/**
 * Partial dependence of the prediction on a feature (Friedman, 2001), at `points` quantiles of its
 * values in `x`.
 *
 * @throws {UsageError} for a feature that the booster doesn't have.
 */
export function partialDependence(
  booster: Booster,
  x: Matrix,
  { feature, points = 20 }: { feature: string; points?: number },
): PartialDependence {
  const column = booster.featureNames.indexOf(feature);
  if (column < 0) {
    throw new UsageError(`feature: found ${feature}, expected one of ${booster.featureNames}`);
  }
  const present = Array.from({ length: x.rows }, (_, r) => x.data[r * x.columns + column])
    .filter(Number.isFinite).sort((a, b) => a - b);
  const at = (i: number) => present[Math.round((i * (present.length - 1)) / (points - 1 || 1))];
  const values = [...new Set(Array.from({ length: points }, (_, i) => at(i)))]
    .filter((value) => value !== undefined);
  const rows: Matrix = { ...x, data: x.data.slice() };
  const means = values.map((value) => {
    setColumn(rows, column, new Float64Array(x.rows).fill(value));
    return booster.predict(rows).reduce((sum, prediction) => sum + prediction, 0) / x.rows;
  });
  return { feature, values, means };
}

function setColumn({ data, rows, columns }: Matrix, column: number, values: Float64Array): void {
  for (let r = 0; r < rows; r++) data[r * columns + column] = values[r];
}
