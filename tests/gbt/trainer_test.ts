import assert from "node:assert/strict";
// @ts-types="../../lib/gbt/ml_cart.d.ts"
import { DecisionTreeRegression } from "ml-cart";
import { InputError, seededRng, UsageError } from "../../lib/core/mod.ts";
import {
  Booster,
  type BoosterOptions,
  matrixFromRows,
  trainBooster,
  type TrainingData,
} from "../../lib/gbt/mod.ts";
import { leafOf } from "../../lib/gbt/tree.ts";
import { friedman, randomTree, rmse, rowsOf } from "./synthetic.ts";

const bytes = (booster: Booster) => JSON.stringify(booster);

Deno.test("trainBooster finds a planted tree again", () => {
  const planted = randomTree(seededRng(5), { columns: 3, splits: 4, single: true });
  const data = friedman(3000, { columns: 3 });
  for (let i = 0; i < data.x.data.length; i++) data.x.data[i] = data.x.data[i] * 8 - 4;
  for (let r = 0; r < data.x.rows; r++) {
    data.y[r] = planted.value[leafOf(planted, data.x.data, r * 3)];
  }
  const booster = trainBooster(data, {
    trees: 1,
    leaves: 8,
    learningRate: 1,
    minSamplesLeaf: 1,
    minGain: 1e-6,
  });
  const error = rmse(booster.predict(data.x), data.y);
  // Edges lie between quantiles, so a few rows beside each threshold may fall on the wrong side.
  assert.ok(error < 0.1, `${error}`);
  assert.ok(booster.trees[0].value.length <= 2 * 8 - 1);
});

Deno.test("trainBooster splits exactly where every value has its bin", () => {
  const x = matrixFromRows(Array.from({ length: 200 }, (_, i) => [i % 10, (i * 7) % 13]));
  const y = Float64Array.from(
    { length: 200 },
    (_, i) => (i % 10 < 4 ? -1 : (i * 7) % 13 < 6 ? 2 : 5),
  );
  const options = { trees: 1, leaves: 3, learningRate: 1, minSamplesLeaf: 1 };
  const booster = trainBooster({ x, y, featureNames: ["a", "b"] }, options);
  assert.ok(rmse(booster.predict(x), y) < 1e-5);
  const splits = [...booster.trees[0].feature].map((f, n) => [f, booster.trees[0].threshold[n]]);
  assert.deepEqual(splits.filter(([f]) => f >= 0).sort(), [[0, 3.5], [1, 5.5]]);
});

Deno.test("trainBooster learns what noise leaves of the Friedman function", () => {
  const train = friedman(4000);
  const test = friedman(2000, { seed: 2 });
  const booster = trainBooster(train);
  assert.ok(rmse(booster.predict(test.x), test.y) < 1.35);
});

Deno.test("trainBooster gives ml-cart trees that add up to the same bits", () => {
  const data = friedman(600, { missing: 0.1 });
  const booster = trainBooster(data, { trees: 20, minSamplesLeaf: 5 });
  assert.ok(booster.trees.some((tree) => tree.missingLeft.some((flag) => flag === 1)));
  const model = JSON.parse(bytes(booster)) as { trees: unknown[]; initialScore: number };
  const carts = model.trees.map((tree) =>
    DecisionTreeRegression.load(tree).predict(rowsOf(data.x))
  );
  booster.predict(data.x).forEach((mine, r) => {
    assert.equal(mine, carts.reduce((sum, column) => sum + column[r], model.initialScore));
  });
});

Deno.test("trainBooster learns the side of missing values", () => {
  const rng = seededRng(2);
  const x = matrixFromRows(
    Array.from({ length: 600 }, () => [rng.float() < 0.3 ? NaN : rng.float(), rng.float()]),
  );
  for (const missingIsLow of [true, false]) {
    const y = Float64Array.from(
      { length: 600 },
      (
        _,
        r,
      ) => (Number.isNaN(x.data[2 * r]) ? (missingIsLow ? 0 : 1) : Number(x.data[2 * r] >= 0.5)),
    );
    const booster = trainBooster({ x, y, featureNames: ["a", "b"] }, {
      trees: 1,
      leaves: 2,
      learningRate: 1,
    });
    assert.equal(booster.trees[0].missingLeft[0], missingIsLow ? 1 : 0);
    assert.ok(rmse(booster.predict(x), y) < 0.05);
  }
});

Deno.test("trainBooster keeps to its limits", () => {
  const data = friedman(2000);
  const { trees } = trainBooster(data, { trees: 10, leaves: 12, maxDepth: 4, minSamplesLeaf: 50 });
  for (const tree of trees) {
    const leaves = [...tree.cover.keys()].filter((node) => tree.feature[node] < 0);
    assert.ok(leaves.length <= 12);
    assert.ok(leaves.every((node) => tree.cover[node] >= 50));
    assert.equal(leaves.reduce((sum, node) => sum + tree.cover[node], 0), 2000);
  }
  const none = trainBooster(data, { minGain: 1e12 });
  assert.equal(none.trees.length, 0);
});

Deno.test("trainBooster draws rows and columns by its seed", () => {
  const data = friedman(500);
  const options = { trees: 8, rowFraction: 0.5, columnFraction: 0.5, minSamplesLeaf: 5 };
  const once = trainBooster(data, { ...options, seed: 3 });
  assert.equal(bytes(once), bytes(trainBooster(data, { ...options, seed: 3 })));
  assert.notEqual(bytes(once), bytes(trainBooster(data, { ...options, seed: 4 })));
  const byRng = () => trainBooster(data, options, { rng: seededRng(9) });
  assert.equal(bytes(byRng()), bytes(byRng()));
  for (const tree of once.trees) {
    assert.equal(tree.cover[0], 250);
    assert.ok(new Set(tree.feature.filter((f) => f >= 0)).size <= 4);
  }
  assert.ok(once.trees.length === 8 && rmse(once.predict(data.x), data.y) < 4);
});

Deno.test("trainBooster weighs rows as it would count them", () => {
  const data = friedman(250);
  const heavy = Uint32Array.from({ length: 250 }, (_, r) => (r % 4 === 0 ? 3 : 1));
  const repeated = [...heavy.keys()].flatMap((r) => Array(heavy[r]).fill(r)) as number[];
  const rows = rowsOf(data.x);
  const doubled: TrainingData = {
    ...data,
    x: matrixFromRows(repeated.map((r) => rows[r])),
    y: Float64Array.from(repeated, (r) => data.y[r]),
  };
  const options = { trees: 10, minSamplesLeaf: 1, minHessianLeaf: 15, maxDepth: 3 };
  const weighted = trainBooster({ ...data, weight: Float64Array.from(heavy) }, options);
  const counted = trainBooster(doubled, { ...options, minSamplesLeaf: 15 });
  const [a, b] = [weighted.predict(data.x), counted.predict(data.x)];
  assert.ok(rmse(a, b) < 1e-3 * rmse(a, data.y), `${rmse(a, b)}`);
});

Deno.test("trainBooster keeps monotone constraints everywhere", () => {
  const data = friedman(1500, { columns: 5 });
  const monotone = [0, 0, 0, -1, 1];
  for (const loss of ["squared", "absolute"] as const) {
    const booster = trainBooster(data, { monotone, trees: 40, loss });
    const row = new Float64Array(5);
    const rng = seededRng(4);
    for (let trial = 0; trial < 200; trial++) {
      row.forEach((_, i) => row[i] = rng.float());
      for (const feature of [3, 4]) {
        let before = -Infinity;
        for (let v = 0; v <= 1; v += 0.05) {
          row[feature] = v;
          const now = booster.predictRow(row) * monotone[feature];
          assert.ok(now >= before - 1e-12);
          before = now;
        }
      }
    }
  }
});

for (
  const loss of ["absolute", "logistic", "poisson", { huber: 1 }, { pinball: 0.8 }] as const
) {
  Deno.test(`trainBooster lowers the loss ${JSON.stringify(loss)} stage by stage`, () => {
    const data = friedman(1200);
    const y = data.y.map((v) =>
      loss === "logistic" ? Number(v > 14) : Math.max(0, Math.round(v / 4))
    );
    const booster = trainBooster({ ...data, y }, { loss, trees: 40, trackTraining: true });
    const { training } = booster.metrics;
    assert.ok(training.length === 40 && training[39] < 0.75 * training[0], training.join());
    training.forEach((value, i) => assert.ok(i === 0 || value <= training[i - 1] * 1.02));
    const predictions = booster.predict(data.x);
    if (loss === "logistic") assert.ok(predictions.every((p) => p > 0 && p < 1));
    if (loss === "poisson") assert.ok(predictions.every((p) => p > 0));
  });
}

Deno.test("trainBooster stops early and keeps the trees up to the best stage", () => {
  const train = friedman(300);
  const validation = friedman(300, { seed: 7 });
  const options = { trees: 500, learningRate: 0.3, minSamplesLeaf: 2, earlyStoppingRounds: 10 };
  const booster = trainBooster(train, options, { validation });
  const { validation: losses } = booster.metrics;
  assert.ok(booster.trees.length < 500);
  assert.equal(losses.length, booster.trees.length + 10);
  const best = Math.min(...losses);
  assert.equal(losses.indexOf(best), booster.trees.length - 1);
  assert.ok(Math.abs(rmse(booster.predict(validation.x), validation.y) - best) < 1e-9);
});

Deno.test("trainBooster goes on from another booster as if it had never stopped", () => {
  const data = friedman(500);
  const first = trainBooster(data, { trees: 10 });
  const whole = trainBooster(data, { trees: 20 });
  const onward = trainBooster(data, { trees: 10 }, { from: first });
  assert.equal(onward.trees.length, 20);
  const [a, b] = [onward.predict(data.x), whole.predict(data.x)];
  assert.ok(rmse(a, b) < 1e-3);
  const others = { ...data, featureNames: data.featureNames.toReversed() };
  assert.throws(() => trainBooster(others, { trees: 1 }, { from: first }), InputError);
});

Deno.test("trainBooster with the exact grower makes ml-cart's own trees", () => {
  const data = friedman(120, { columns: 5 });
  const options = { grower: "exact", trees: 3, minSamplesLeaf: 10, maxDepth: 3 } as const;
  const booster = trainBooster(data, { ...options, learningRate: 1 });
  const cart = new DecisionTreeRegression({ minNumSamples: 10, maxDepth: 3 });
  const centred = Array.from(data.y, (v) => v - booster.initialScore);
  cart.train(rowsOf(data.x), centred);
  const theirs = cart.predict(rowsOf(data.x));
  const tree = booster.trees[0];
  theirs.forEach((value, r) => {
    assert.equal(tree.value[leafOf(tree, data.x.data, r * 5)], value);
  });
  assert.ok(booster.importance().every(({ importance }) => importance >= 0));
  assert.equal(tree.cover[0], 120);
});

Deno.test("trainBooster's growers agree where every value has its bin", () => {
  const rng = seededRng(6);
  const x = matrixFromRows(Array.from({ length: 90 }, () => [rng.int(12), rng.int(9)]));
  const y = Float64Array.from({ length: 90 }, (_, r) => x.data[2 * r] ** 2 - x.data[2 * r + 1]);
  const data = { x, y, featureNames: ["a", "b"] };
  const shared = { trees: 1, learningRate: 1, maxDepth: 1, minSamplesLeaf: 1, leaves: 2 };
  const ours = trainBooster(data, shared).trees[0];
  const exact = trainBooster(data, { ...shared, grower: "exact" }).trees[0];
  assert.equal(ours.feature[0], exact.feature[0]);
  assert.ok(Math.abs(ours.gain[0] / exact.gain[0] - 1) < 1e-6);
  assert.ok(Math.abs(ours.value[ours.left[0]] - exact.value[exact.left[0]]) < 1e-5);
});

Deno.test("trainBooster says what is wrong with its input", () => {
  const sound = friedman(50);
  const one = {
    ...sound,
    x: { ...sound.x, data: sound.x.data.slice(0, 8), rows: 1 },
    y: sound.y.slice(0, 1),
  };
  const nan = sound.y.slice();
  nan[6] = NaN;
  const flat = sound.x.data.slice();
  for (let r = 0; r < 50; r++) flat[r * 8 + 2] = 7;
  const cases: [RegExp, TrainingData][] = [
    [/rows: found 0/, { ...sound, x: { ...sound.x, rows: 0 } }],
    [/rows: found 1/, one],
    [/line 7: target: found "NaN"/, { ...sound, y: nan }],
    [/target: found 3, expected values that differ/, { ...sound, y: new Float64Array(50).fill(3) }],
    [/f2: found "7", expected values that differ/, { ...sound, x: { ...sound.x, data: flat } }],
    [/target: found 49/, { ...sound, y: sound.y.slice(1) }],
    [/featureNames: found 1/, { ...sound, featureNames: ["a"] }],
    [/weight: found "0"/, { ...sound, weight: new Float64Array(50) }],
  ];
  for (const [message, data] of cases) {
    assert.throws(() => trainBooster(data), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, message);
      return true;
    });
  }
  const negative = { ...sound, y: sound.y.map((v) => v - 20) };
  assert.throws(() => trainBooster(negative, { loss: "poisson" }), /at least 0/);
});

Deno.test("trainBooster accepts constants when told to and predicts them", () => {
  const data = { ...friedman(50), y: new Float64Array(50).fill(3) };
  const booster = trainBooster(data, { constant: "accept" });
  assert.ok(booster.predict(data.x).every((value) => Math.abs(value - 3) < 1e-12));
  assert.ok(booster.trees.length === 0);
});

Deno.test("trainBooster names the option that is out of range", () => {
  const data = friedman(50);
  const wrong: Partial<BoosterOptions>[] = [
    { trees: -1 },
    { leaves: 1 },
    { learningRate: 0 },
    { bins: 256 },
    { minSamplesLeaf: 0.5 },
    { rowFraction: NaN },
    { monotone: [1] },
    { loss: { pinball: 2 } },
  ];
  for (const options of wrong) {
    const [name] = Object.keys(typeof options.loss === "object" ? options.loss : options);
    assert.throws(() => trainBooster(data, options), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, new RegExp(`^${name}:`));
      return true;
    });
  }
});
