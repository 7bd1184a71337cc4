import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError, seededRng } from "../../lib/core/mod.ts";
import {
  attributeRow,
  attributeRows,
  Booster,
  trainBooster,
  type Tree,
} from "../../lib/gbt/mod.ts";
import { anyNumber, friedman, randomTree } from "./synthetic.ts";

/** A random tree whose covers add up. */
function coveredTree(seed: number): Tree {
  const rng = seededRng(seed);
  const tree = randomTree(rng, { columns: 4, splits: 7 });
  for (let node = tree.feature.length - 1; node >= 0; node--) {
    tree.cover[node] = tree.feature[node] < 0
      ? 1 + rng.int(9)
      : tree.cover[tree.left[node]] + tree.cover[tree.right[node]];
  }
  return tree;
}

const boosterOf = (trees: Tree[]) =>
  new Booster({
    featureNames: ["a", "b", "c", "d"],
    loss: "squared",
    initialScore: 0.5,
    trees,
    minSamplesLeaf: 1,
    metrics: { name: "rmse", training: [], validation: [] },
  });

/** Expected value with the features of `known` given and the others averaged over by cover. */
function expectation(tree: Tree, row: number[], known: number, node = 0): number {
  const feature = tree.feature[node];
  if (feature < 0) return tree.value[node];
  const [left, right] = [tree.left[node], tree.right[node]];
  if (known & (1 << feature)) {
    const value = row[feature];
    const goesLeft = value < tree.threshold[node] ||
      (tree.missingLeft[node] === 1 && !(value < Number.MAX_VALUE));
    return expectation(tree, row, known, goesLeft ? left : right);
  }
  return (tree.cover[left] * expectation(tree, row, known, left) +
    tree.cover[right] * expectation(tree, row, known, right)) / tree.cover[node];
}

/** Shapley values by their definition, over all sets of four features. */
function naiveShapley(tree: Tree, row: number[]): number[] {
  const factorial = [1, 1, 2, 6, 24];
  return [0, 1, 2, 3].map((feature) => {
    let sum = 0;
    for (let set = 0; set < 16; set++) {
      if (set & (1 << feature)) continue;
      const size = [0, 1, 2, 3].filter((f) => set & (1 << f)).length;
      const rise = expectation(tree, row, set | (1 << feature)) - expectation(tree, row, set);
      sum += (factorial[size] * factorial[3 - size] * rise) / 24;
    }
    return sum;
  });
}

const rows = fc.array(anyNumber, { minLength: 4, maxLength: 4 });

Deno.test("attributeRow gives the Shapley values of their definition", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), rows, (seed, row) => {
      const tree = coveredTree(seed);
      const { features, base } = attributeRow(boosterOf([tree]), row);
      naiveShapley(tree, row).forEach((value, f) => {
        assert.ok(Math.abs(value - features[f]) < 1e-9, `${value} ${features[f]}`);
      });
      assert.ok(Math.abs(base - 0.5 - expectation(tree, row, 0)) < 1e-12);
    }),
  );
});

Deno.test("attributeRows adds up to the score of every row", () => {
  const data = friedman(500, { missing: 0.05 });
  const booster = trainBooster(data, { trees: 40, minSamplesLeaf: 5 });
  const scores = booster.predictScores(data.x);
  attributeRows(booster, data.x).forEach(({ base, features }, r) => {
    const sum = features.reduce((total, value) => total + value, base);
    assert.ok(Math.abs(sum - scores[r]) < 1e-8 * (1 + Math.abs(scores[r])));
  });
});

Deno.test("attributeRow gives nothing to a feature that no tree asks for", () => {
  const data = friedman(500);
  const x = { ...data.x, data: data.x.data.map((v, i) => (i % 8 === 7 ? 0 : v)) };
  const booster = trainBooster({ ...data, x }, { trees: 10, constant: "accept" });
  assert.equal(attributeRow(booster, x.data.subarray(0, 8)).features[7], 0);
});

Deno.test("attributeRow refuses other features and trees without covers", () => {
  const tree = coveredTree(1);
  assert.throws(() => attributeRow(boosterOf([tree]), [1]), InputError);
  tree.cover.fill(0);
  assert.throws(() => attributeRow(boosterOf([tree]), [1, 2, 3, 4]), InputError);
});
