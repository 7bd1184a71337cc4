import assert from "node:assert/strict";
import fc from "fast-check";
// @ts-types="../../lib/gbt/ml_cart.d.ts"
import { DecisionTreeRegression } from "ml-cart";
import { InputError, seededRng } from "../../lib/core/mod.ts";
import { type CartNode, matrixFromRows, treeFromCart, treeToCart } from "../../lib/gbt/mod.ts";
import { flatScore, flattenTrees } from "../../lib/gbt/flat_trees.ts";
import { leafOf, treeDepth } from "../../lib/gbt/tree.ts";
import { anyNumber, randomTree } from "./synthetic.ts";

const COLUMNS = 4;
const seeds = fc.integer({ min: 0, max: 1e9 });
const rows = fc.array(fc.array(anyNumber, { minLength: COLUMNS, maxLength: COLUMNS }), {
  minLength: 1,
  maxLength: 40,
});
const throughText = (value: unknown) => JSON.parse(JSON.stringify(value));

Deno.test("treeToCart is read by ml-cart and predicts the same bits for any input", () => {
  fc.assert(
    fc.property(seeds, rows, (seed, values) => {
      const tree = randomTree(seededRng(seed));
      const cart = DecisionTreeRegression.load(throughText(treeToCart(tree, 5)));
      const theirs = cart.predict(values);
      values.forEach((row, r) => {
        assert.ok(Object.is(theirs[r], tree.value[leafOf(tree, row)]), `row ${row}`);
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("flattenTrees predicts the same bits as the trees one by one", () => {
  fc.assert(
    fc.property(seeds, rows, (seed, values) => {
      const rng = seededRng(seed);
      const trees = Array.from({ length: 3 }, () => randomTree(rng));
      const flat = flattenTrees(trees);
      const x = matrixFromRows(values);
      values.forEach((row, r) => {
        const sum = trees.reduce((score, tree) => score + tree.value[leafOf(tree, row)], 0.5);
        assert.ok(Object.is(flatScore(flat, x.data, r * COLUMNS, 0.5), sum));
      });
      trees.forEach((tree, t) => {
        const extra = tree.missingLeft.reduce((sum, flag) => sum + flag, 0);
        assert.ok(flat.depths[t] >= treeDepth(tree) && flat.depths[t] <= treeDepth(tree) + extra);
      });
    }),
  );
});

Deno.test("treeFromCart gives back the predictions and writes the same bytes", () => {
  fc.assert(
    fc.property(seeds, rows, (seed, values) => {
      const tree = randomTree(seededRng(seed));
      const text = JSON.stringify(treeToCart(tree, 5));
      const back = treeFromCart(JSON.parse(text), COLUMNS, "tree");
      assert.equal(JSON.stringify(treeToCart(back, 5)), text);
      for (const row of values) {
        assert.equal(back.value[leafOf(back, row)], tree.value[leafOf(tree, row)]);
      }
    }),
  );
});

Deno.test("treeFromCart reads what ml-cart itself trained, bit by bit", () => {
  const rng = seededRng(3);
  const x = Array.from({ length: 80 }, () => [rng.float(), rng.float(), rng.int(3)]);
  const y = x.map(([a, b, c]) => a * b + c + rng.normal() * 0.1);
  const cart = new DecisionTreeRegression({ minNumSamples: 5, maxDepth: 6 });
  cart.train(x, y);
  const tree = treeFromCart(throughText(cart), 3, "tree");
  const theirs = cart.predict(x);
  x.forEach((row, r) => assert.equal(tree.value[leafOf(tree, row)], theirs[r]));
});

Deno.test("treeFromCart names what is wrong", () => {
  const sound = () => treeToCart(randomTree(seededRng(8), { splits: 3 }), 5);
  const broken: [string, (root: CartNode) => void][] = [
    ["splitColumn", (root) => root.splitColumn = 9],
    ["splitColumn", (root) => root.splitColumn = 0.5],
    ["splitValue", (root) => delete root.splitValue],
    ["left", (root) => delete root.left],
    ["right", (root) => root.right = { distribution: 1, missing: "left" }],
    ["distribution", (root) => Object.assign(root, { distribution: "much" })],
  ];
  for (const [field, change] of broken) {
    const tree = sound();
    change(tree.root);
    if (field === "right") tree.root.missing = "left";
    assert.throws(() => treeFromCart(tree, COLUMNS, "trees[0]"), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, new RegExp(`trees\\[0\\]\\.root\\.?.*${field}`));
      return true;
    });
  }
  assert.throws(() => treeFromCart({ name: "DTClassifier" }, 4, "tree"), /DTRegression/);
  let deep: CartNode = { distribution: 1 };
  for (let i = 0; i < 600; i++) {
    deep = { splitColumn: 0, splitValue: i, left: { distribution: 0 }, right: deep };
  }
  assert.throws(() => treeFromCart({ name: "DTRegression", root: deep }, 4, "tree"), InputError);
});
