import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import type { Booster, BoosterOptions, TrainingData } from "../../lib/gbt/mod.ts";
import { friedman } from "../gbt/synthetic.ts";

/** Trains a booster, whatever does the work. */
export type Train = (
  data: TrainingData,
  options: Partial<BoosterOptions>,
) => Booster | Promise<Booster>;

interface Case {
  name: string;
  data: () => TrainingData;
  options: Partial<BoosterOptions>;
}

const weighted = (data: TrainingData): TrainingData => {
  const rng = seededRng(11);
  return { ...data, weight: Float64Array.from(data.y, () => 0.5 + rng.float()) };
};
const classes = (data: TrainingData): TrainingData => ({
  ...data,
  y: data.y.map((v) => Number(v > 14)),
});
const counts = (data: TrainingData): TrainingData => ({
  ...data,
  y: data.y.map((v) => Math.max(0, Math.round(v / 4))),
});
/** Few distinct values, odd ones among them, and a heavy tail. */
const uneven = (): TrainingData => {
  const rng = seededRng(3);
  const columns = 6;
  const data = new Float64Array(700 * columns);
  for (let i = 0; i < data.length; i++) {
    data[i] = [
      rng.int(3),
      Math.exp(rng.normal() * 4),
      rng.int(10) === 0 ? -Infinity : rng.float(),
      rng.int(4) === 0 ? NaN : rng.int(5) === 0 ? Infinity : -rng.float(),
      rng.normal(),
      rng.int(2),
    ][i % columns];
  }
  const y = Float64Array.from(
    { length: 700 },
    (_, r) => data[r * columns] * 3 + (Number.isNaN(data[r * columns + 3]) ? 4 : 0) + rng.normal(),
  );
  return { x: { data, rows: 700, columns }, y, featureNames: ["a", "b", "c", "d", "e", "f"] };
};

const MONOTONE = [0, 0, 0, 1, 1, 0, 0, 0];
const CASES: Case[] = [
  { name: "squared loss", data: () => friedman(2000), options: {} },
  { name: "one feature", data: () => slice(friedman(300), 1), options: {} },
  { name: "many features", data: () => friedman(400, { columns: 45 }), options: { trees: 4 } },
  { name: "64-bit numbers", data: () => friedman(900, { single: false }), options: {} },
  { name: "missing values", data: () => friedman(1500, { missing: 0.2 }), options: {} },
  { name: "uneven values", data: uneven, options: { minSamplesLeaf: 3 } },
  { name: "weights", data: () => weighted(friedman(1200)), options: {} },
  {
    name: "weights and missing values",
    data: () => weighted(friedman(800, { missing: 0.1 })),
    options: {},
  },
  { name: "logistic loss", data: () => classes(friedman(1200)), options: { loss: "logistic" } },
  {
    name: "Poisson loss",
    data: () => counts(friedman(1200, { columns: 13 })),
    options: { loss: "poisson" },
  },
  { name: "absolute loss", data: () => friedman(900), options: { loss: "absolute" } },
  {
    name: "pinball loss with weights",
    data: () => weighted(friedman(700)),
    options: { loss: { pinball: 0.9 } },
  },
  { name: "Huber loss", data: () => friedman(700), options: { loss: { huber: 1 } } },
  { name: "monotone constraints", data: () => friedman(1200), options: { monotone: MONOTONE } },
  {
    name: "monotone constraints, weights and missing values",
    data: () => weighted(friedman(1200, { missing: 0.1 })),
    options: { monotone: MONOTONE },
  },
  {
    name: "samples of rows and columns",
    data: () => friedman(1000, { columns: 21 }),
    options: { rowFraction: 0.6, columnFraction: 0.4, seed: 5 },
  },
  {
    name: "regularisation and limits",
    data: () => friedman(1000),
    options: { l2: 3, minGain: 2, maxDepth: 3, bins: 17, minSamplesLeaf: 40 },
  },
];

function slice({ x, y }: TrainingData, columns: number): TrainingData {
  const data = new Float32Array(x.rows * columns);
  for (let r = 0; r < x.rows; r++) {
    data.set(x.data.subarray(r * x.columns, r * x.columns + columns), r * columns);
  }
  return { x: { data, rows: x.rows, columns }, y, featureNames: ["only"] };
}

/**
 * Whatever grows trees gives the same bytes as the plain kernels on one thread. `withTrain` opens
 * it for the length of the work it is given.
 */
export function growerContract(
  name: string,
  withTrain: (work: (train: Train) => Promise<void>) => Promise<void>,
  reference: Train,
): void {
  Deno.test(`${name} grows the trees of the plain kernels`, (t) =>
    withTrain(async (train) => {
      for (const { name: what, data, options } of CASES) {
        await t.step(what, async () => {
          const all = { trees: 12, minSamplesLeaf: 8, ...options };
          const expected = await reference(data(), { ...all, kernels: "plain" });
          assert.ok(expected.trees.length > 0 && expected.trees[0].feature.length > 1);
          const found = await train(data(), all);
          assert.deepEqual(found.trees, expected.trees);
          assert.equal(JSON.stringify(found), JSON.stringify(expected));
        });
      }
    }));
}
