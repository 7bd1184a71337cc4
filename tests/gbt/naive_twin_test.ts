import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRng } from "../../lib/core/mod.ts";
import { matrixFromRows, trainBooster, type TrainingData } from "../../lib/gbt/mod.ts";

interface NaiveSplit {
  gain: number;
  feature: number;
  threshold: number;
  left: number[];
  right: number[];
}

/** The best split of some rows, by trying every one on raw values and 64-bit sums. */
function naiveSplit({ x, y }: TrainingData, rows: number[], least: number, l2: number) {
  const strength = (part: number[]) =>
    part.reduce((sum, r) => sum + y[r], 0) ** 2 / (part.length + l2);
  let best: NaiveSplit | undefined;
  for (let feature = 0; feature < x.columns; feature++) {
    const value = (r: number) => x.data[r * x.columns + feature];
    for (const threshold of new Set(rows.map(value))) {
      const left = rows.filter((r) => value(r) < threshold);
      const right = rows.filter((r) => !(value(r) < threshold));
      if (left.length < least || right.length < least) continue;
      const gain = strength(left) + strength(right) - strength(rows);
      if (gain > (best?.gain ?? 1e-9)) best = { gain, feature, threshold, left, right };
    }
  }
  return best;
}

/** Predictions of one leaf-wise tree, grown the slow way. */
function naiveTree(data: TrainingData, leaves: number, least: number, l2: number): Float64Array {
  const all = Array.from(data.y.keys());
  const open = [{ rows: all, split: naiveSplit(data, all, least, l2) }];
  while (open.length < leaves) {
    open.sort((a, b) => (b.split?.gain ?? 0) - (a.split?.gain ?? 0));
    const { split } = open[0];
    if (!split) break;
    open.shift();
    for (const rows of [split.left, split.right]) {
      open.push({ rows, split: naiveSplit(data, rows, least, l2) });
    }
  }
  const predicted = new Float64Array(data.y.length);
  for (const { rows } of open) {
    const value = rows.reduce((sum, r) => sum + data.y[r], 0) / (rows.length + l2);
    for (const r of rows) predicted[r] = value;
  }
  return predicted;
}

Deno.test("trainBooster grows the tree that trying every split grows", () => {
  const shape = fc.record({
    seed: fc.integer({ min: 0, max: 1e9 }),
    rows: fc.integer({ min: 10, max: 90 }),
    columns: fc.integer({ min: 1, max: 6 }),
    leaves: fc.integer({ min: 2, max: 9 }),
    least: fc.integer({ min: 1, max: 6 }),
    l2: fc.constantFrom(0, 0, 1.5),
    kernels: fc.constantFrom("wasm" as const, "plain" as const),
  });
  fc.assert(
    fc.property(shape, ({ seed, rows, columns, leaves, least, l2, kernels }) => {
      const rng = seededRng(seed);
      const x = matrixFromRows(
        Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.int(12))),
      );
      const y = Float64Array.from({ length: rows }, () => rng.normal());
      const mean = y.reduce((sum, v) => sum + v, 0) / rows;
      y.forEach((v, r) => y[r] = v - mean);
      const featureNames = Array.from({ length: columns }, (_, c) => `f${c}`);
      const data = { x, y, featureNames };
      const options = {
        trees: 1,
        learningRate: 1,
        minSamplesLeaf: least,
        constant: "accept" as const,
      };
      const booster = trainBooster(data, { ...options, leaves, l2, kernels });
      const expected = naiveTree(data, leaves, least, l2);
      booster.predict(x).forEach((value, r) => {
        assert.ok(Math.abs(value - expected[r]) < 1e-6, `row ${r}: ${value} for ${expected[r]}`);
      });
    }),
    { numRuns: 150 },
  );
});

Deno.test("trainBooster keeps its sums within their bits for very uneven targets", () => {
  const rng = seededRng(12);
  const rows = 3000;
  const x = matrixFromRows(Array.from({ length: rows }, (_, r) => [r, rng.float()]));
  for (const scale of [1e-90, 1, 1e90]) {
    // One row outweighs all others until a tree has taken it out; then the factor must follow.
    const y = Float64Array.from(
      { length: rows },
      (_, r) => scale * (r === 7 ? 1e7 : r < 1500 ? 1 : 2),
    );
    const data = { x, y, featureNames: ["row", "noise"] };
    const options = { minSamplesLeaf: 1, learningRate: 0.5, trees: 120, leaves: 8 };
    const booster = trainBooster(data, options);
    booster.predict(x).forEach((value, r) => {
      assert.ok(Math.abs(value - y[r]) < 1e-2 * scale * (r === 7 ? 1e7 : 1), `${r}: ${value}`);
    });
    assert.ok(booster.trees.every((tree) => tree.gain.every(Number.isFinite)));
  }
  const huge = {
    x,
    y: Float64Array.from(x.data.subarray(0, rows), (v) => v * 1e200),
    featureNames: ["a", "b"],
  };
  assert.throws(() => trainBooster(huge), /target: found/);
});
