// @ts-types="./ml_cart.d.ts"
import { DecisionTreeRegression } from "ml-cart";
import { InputError } from "../core/mod.ts";
import { lossOf } from "./loss.ts";
import { MISSING_FROM } from "./matrix.ts";
import { type BoosterOptions, lossName } from "./options.ts";
import { weightedQuantile } from "./order_statistics.ts";
import type { TrainingData } from "./training_data.ts";
import { leafOf, type Tree } from "./tree.ts";
import { treeFromCart } from "./tree_json.ts";

/**
 * Stages whose trees ml-cart itself trains on the negative gradients. Its cost grows with the
 * square of the rows, it takes no weights and no missing values, its leaves may be smaller than
 * `minSamplesLeaf` (nodes of at most that many rows aren't split) and its size is bounded by
 * `maxDepth` instead of `leaves`: for small data, and to compare the histogram grower with.
 */
export class ExactStages {
  readonly #data: TrainingData;
  readonly #rows: Float64Array[];
  readonly #options: BoosterOptions;
  readonly #scores: Float64Array;

  /** @throws {InputError} for weights, missing values, sampling, constraints, second derivatives. */
  constructor(data: TrainingData, options: BoosterOptions, scores: Float64Array) {
    checkExact(data, options);
    const { x } = data;
    this.#data = data;
    this.#options = options;
    this.#scores = scores;
    this.#rows = Array.from(
      { length: x.rows },
      (_, r) => Float64Array.from(x.data.subarray(r * x.columns, (r + 1) * x.columns)),
    );
  }

  /** The next tree, its values shrunk and added to the scores. */
  stage(): Tree {
    const { y, x } = this.#data;
    const loss = lossOf(this.#options.loss);
    const gradient = new Float64Array(y.length);
    const rows = { score: this.#scores, target: y, weight: new Float64Array(0) };
    loss.derivatives({ ...rows, gradient, hessian: new Float64Array(0), from: 0, to: y.length });
    const cart = new DecisionTreeRegression({
      gainFunction: "regression",
      minNumSamples: this.#options.minSamplesLeaf,
      maxDepth: this.#options.maxDepth,
    });
    cart.train(this.#rows, Array.from(gradient));
    const tree = treeFromCart(JSON.parse(JSON.stringify(cart)), x.columns, "tree");
    const leaves = this.#rows.map((row) => leafOf(tree, row));
    if (loss.renewQuantile !== undefined) this.#renew(tree, leaves, loss.renewQuantile);
    tree.value.forEach((value, node) => {
      tree.value[node] = value * this.#options.learningRate + 0;
    });
    countRows(tree, this.#rows, gradient);
    leaves.forEach((leaf, r) => this.#scores[r] += tree.value[leaf]);
    return tree;
  }

  /** Loss on the training data so far. */
  metric(): number {
    const { y } = this.#data;
    const rows = { score: this.#scores, target: y, weight: new Float64Array(0) };
    return lossOf(this.#options.loss).metric(rows);
  }

  #renew(tree: Tree, leaves: number[], quantile: number): void {
    const residuals = new Map<number, number[]>();
    leaves.forEach((leaf, r) => {
      const list = residuals.get(leaf) ?? [];
      list.push(this.#data.y[r] - this.#scores[r]);
      residuals.set(leaf, list);
    });
    for (const [leaf, list] of residuals) {
      tree.value[leaf] = weightedQuantile(Float64Array.from(list), quantile);
    }
  }
}

/** Fills in covers and gains: ml-cart's own `gain` is the squared error that is left. */
function countRows(tree: Tree, rows: readonly Float64Array[], gradient: Float64Array): void {
  const sums = new Float64Array(tree.cover.length);
  tree.cover.fill(0);
  const visit = (node: number, r: number) => {
    tree.cover[node]++;
    sums[node] += gradient[r];
  };
  rows.forEach((row, r) => {
    let node = 0;
    visit(0, r);
    for (let f = tree.feature[0]; f >= 0; f = tree.feature[node]) {
      node = row[f] < tree.threshold[node] ? tree.left[node] : tree.right[node];
      visit(node, r);
    }
  });
  const strength = (node: number) => (sums[node] * sums[node]) / tree.cover[node];
  tree.feature.forEach((feature, node) => {
    if (feature < 0) return;
    const children = strength(tree.left[node]) + strength(tree.right[node]);
    tree.gain[node] = Math.max(0, children - strength(node));
  });
}

function checkExact(data: TrainingData, options: BoosterOptions): void {
  const refuse = (field: string, found: unknown, expected: string) => {
    throw new InputError({ field, found, expected: `${expected} with grower "exact"` });
  };
  if (data.weight) refuse("weight", "weights", "none");
  if (options.rowFraction < 1) refuse("rowFraction", options.rowFraction, "1");
  if (options.columnFraction < 1) refuse("columnFraction", options.columnFraction, "1");
  if (options.monotone.some((sign) => sign !== 0)) {
    refuse("monotone", options.monotone, "no constraint");
  }
  if (!lossOf(options.loss).unitHessian) {
    refuse("loss", lossName(options.loss), "squared, absolute, huber or pinball");
  }
  const missing = data.x.data.findIndex((value) => !(value < MISSING_FROM));
  if (missing >= 0) {
    refuse(
      data.featureNames[missing % data.x.columns],
      String(data.x.data[missing]),
      "no missing value",
    );
  }
}
