import fc from "fast-check";
import { type Rng, seededRng } from "../../lib/core/mod.ts";
import { type Matrix, type TrainingData, type Tree } from "../../lib/gbt/mod.ts";
import { TreeBuilder } from "../../lib/gbt/tree.ts";

/** Uniform features of which the first five matter (Friedman, 1991), with unit noise. */
export function friedman(
  rows: number,
  { columns = 8, seed = 1, missing = 0, single = true } = {},
): TrainingData {
  const rng = seededRng(seed);
  const data = single ? new Float32Array(rows * columns) : new Float64Array(rows * columns);
  for (let i = 0; i < data.length; i++) data[i] = rng.float();
  const y = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    const [a, b, c, d, e] = data.subarray(r * columns, r * columns + 5);
    y[r] = 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e + rng.normal();
  }
  for (let i = 0; i < data.length; i++) if (rng.float() < missing) data[i] = NaN;
  const featureNames = Array.from({ length: columns }, (_, c) => `f${c}`);
  return { x: { data, rows, columns }, y, featureNames };
}

/** A tree of random splits, some of which send missing values left. */
export function randomTree(rng: Rng, { columns = 4, splits = 12, single = false } = {}): Tree {
  const builder = new TreeBuilder();
  const leaves = [builder.addLeaf(rng.normal(), 1)];
  for (let i = 0; i < splits; i++) {
    const node = leaves.splice(rng.int(leaves.length), 1)[0];
    const left = builder.addLeaf(rng.normal(), 1);
    const right = builder.addLeaf(rng.normal(), 1);
    const threshold = rng.int(6) === 0 ? rng.int(5) - 2 : rng.normal() * 2;
    builder.split(node, {
      feature: rng.int(columns),
      threshold: single ? Math.fround(threshold) : threshold,
      missingLeft: rng.int(4) === 0,
      gain: rng.float(),
      left,
      right,
    });
    leaves.push(left, right);
  }
  return builder.build();
}

/** Any number that a feature may hold, the odd ones often. */
export const anyNumber = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -3, max: 3, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.double() },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      NaN,
      Infinity,
      -Infinity,
      0,
      -0,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      Number.MIN_VALUE,
    ),
  },
);

/** Rows of a matrix as plain arrays, as ml-cart takes them. */
export function rowsOf({ data, rows, columns }: Matrix): number[][] {
  return Array.from(
    { length: rows },
    (_, r) => Array.from(data.subarray(r * columns, (r + 1) * columns)),
  );
}

/** Root of the mean squared difference. */
export function rmse(predicted: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += (predicted[i] - y[i]) ** 2;
  return Math.sqrt(sum / y.length);
}
