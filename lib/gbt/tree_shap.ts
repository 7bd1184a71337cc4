import { InputError } from "../core/mod.ts";
import type { Booster } from "./booster.ts";
import { type Matrix, MISSING_FROM } from "./matrix.ts";
import { type Tree, treeDepth } from "./tree.ts";

/** How the features of one row make up its score. */
export interface Attribution {
  /** Mean score over the training data, as the trees' covers have it. */
  base: number;
  /** One number a feature; with the base they add up to the row's score (before the link). */
  features: Float64Array;
}

/**
 * Attributions of one row by path-dependent TreeSHAP (Lundberg, Erion and Lee, 2018, algorithm 2):
 * Shapley values of the game in which a feature that is left out is averaged over by the share of
 * training rows that went each way.
 *
 * @throws {InputError} for another number of values, and for trees without covers.
 */
export function attributeRow(booster: Booster, row: ArrayLike<number>): Attribution {
  return attribute(booster, row, 0, row.length);
}

/** Attributions of every row, in order. @throws as {@linkcode attributeRow}. */
export function attributeRows(booster: Booster, x: Matrix): Attribution[] {
  return Array.from(
    { length: x.rows },
    (_, r) => attribute(booster, x.data, r * x.columns, x.columns),
  );
}

function attribute(
  booster: Booster,
  row: ArrayLike<number>,
  offset: number,
  columns: number,
): Attribution {
  const { length } = booster.featureNames;
  if (columns !== length) {
    throw new InputError({ field: "features", found: columns, expected: `${length}` });
  }
  const features = new Float64Array(length);
  let base = booster.initialScore;
  for (const tree of booster.trees) {
    base += meanValue(tree);
    if (tree.feature[0] < 0) continue;
    walkerOf(tree).add(row, offset, features);
  }
  return { base, features };
}

/** Mean over the training rows of what a tree predicts. @throws {InputError} without covers. */
function meanValue(tree: Tree): number {
  if (!(tree.cover[0] > 0)) {
    throw new InputError({
      field: "numberSamples",
      expected: "the number of training rows at every node of the trees, to average over",
    });
  }
  let sum = 0;
  tree.feature.forEach((feature, node) => {
    if (feature < 0) sum += tree.value[node] * tree.cover[node];
  });
  return sum / tree.cover[0];
}

const walkers = new WeakMap<Tree, ShapWalker>();

function walkerOf(tree: Tree): ShapWalker {
  let walker = walkers.get(tree);
  if (!walker) walkers.set(tree, walker = new ShapWalker(tree));
  return walker;
}

/**
 * Walks a tree with the path of features so far. Entry `i` of a path is a feature, the share of
 * rows that flow on when it is left out (`zero`), whether the row itself flows on (`one`), and the
 * sum of permutation weights of the sets of size `i` (`weight`). The paths of all depths lie one
 * after another in the same arrays.
 */
class ShapWalker {
  readonly #tree: Tree;
  readonly #feature: Int32Array;
  readonly #zero: Float64Array;
  readonly #one: Float64Array;
  readonly #weight: Float64Array;
  #row: ArrayLike<number> = [];
  #offset = 0;
  #into: Float64Array = new Float64Array(0);

  constructor(tree: Tree) {
    this.#tree = tree;
    const depth = treeDepth(tree) + 2;
    const size = (depth * (depth + 1)) / 2 + depth;
    this.#feature = new Int32Array(size);
    this.#zero = new Float64Array(size);
    this.#one = new Float64Array(size);
    this.#weight = new Float64Array(size);
  }

  add(row: ArrayLike<number>, offset: number, into: Float64Array): void {
    this.#row = row;
    this.#offset = offset;
    this.#into = into;
    this.#visit(0, 0, 0, 1, 1, -1);
  }

  /** `at`: where the parent's path starts; `length`: its entries; the rest: the entry to add. */
  #visit(node: number, at: number, length: number, zero: number, one: number, feature: number) {
    const start = at + length;
    this.#copy(at, start, length);
    this.#extend(start, length, zero, one, feature);
    const tree = this.#tree;
    const split = tree.feature[node];
    if (split < 0) {
      this.#addLeaf(start, length, tree.value[node]);
      return;
    }
    const value = this.#row[this.#offset + split];
    const goesLeft = value < tree.threshold[node] ||
      (tree.missingLeft[node] === 1 && !(value < MISSING_FROM));
    const hot = goesLeft ? tree.left[node] : tree.right[node];
    const cold = goesLeft ? tree.right[node] : tree.left[node];
    let entries = length + 1;
    let zeroBefore = 1;
    let oneBefore = 1;
    const again = this.#find(start, entries, split);
    if (again >= 0) {
      zeroBefore = this.#zero[start + again];
      oneBefore = this.#one[start + again];
      this.#unwind(start, length, again);
      entries--;
    }
    const cover = tree.cover[node];
    this.#visit(hot, start, entries, (zeroBefore * tree.cover[hot]) / cover, oneBefore, split);
    this.#visit(cold, start, entries, (zeroBefore * tree.cover[cold]) / cover, 0, split);
  }

  #copy(from: number, to: number, length: number): void {
    for (let i = 0; i < length; i++) {
      this.#feature[to + i] = this.#feature[from + i];
      this.#zero[to + i] = this.#zero[from + i];
      this.#one[to + i] = this.#one[from + i];
      this.#weight[to + i] = this.#weight[from + i];
    }
  }

  #find(start: number, length: number, feature: number): number {
    for (let i = 1; i < length; i++) if (this.#feature[start + i] === feature) return i;
    return -1;
  }

  #extend(start: number, length: number, zero: number, one: number, feature: number): void {
    this.#feature[start + length] = feature;
    this.#zero[start + length] = zero;
    this.#one[start + length] = one;
    const weight = this.#weight;
    weight[start + length] = length === 0 ? 1 : 0;
    for (let i = length - 1; i >= 0; i--) {
      weight[start + i + 1] += (one * weight[start + i] * (i + 1)) / (length + 1);
      weight[start + i] = (zero * weight[start + i] * (length - i)) / (length + 1);
    }
  }

  /** Takes entry `index` out of a path whose last entry is `last`. */
  #unwind(start: number, last: number, index: number): void {
    const one = this.#one[start + index];
    const zero = this.#zero[start + index];
    const weight = this.#weight;
    let next = weight[start + last];
    for (let i = last - 1; i >= 0; i--) {
      if (one !== 0) {
        const before = weight[start + i];
        weight[start + i] = (next * (last + 1)) / ((i + 1) * one);
        next = before - (weight[start + i] * zero * (last - i)) / (last + 1);
      } else {
        weight[start + i] = (weight[start + i] * (last + 1)) / (zero * (last - i));
      }
    }
    for (let i = index; i < last; i++) {
      this.#feature[start + i] = this.#feature[start + i + 1];
      this.#zero[start + i] = this.#zero[start + i + 1];
      this.#one[start + i] = this.#one[start + i + 1];
    }
  }

  /** Sum of the weights that a path would have without entry `index`. */
  #unwoundSum(start: number, last: number, index: number): number {
    const one = this.#one[start + index];
    const zero = this.#zero[start + index];
    const weight = this.#weight;
    let next = weight[start + last];
    let total = 0;
    for (let i = last - 1; i >= 0; i--) {
      if (one !== 0) {
        const term = (next * (last + 1)) / ((i + 1) * one);
        total += term;
        next = weight[start + i] - (term * zero * (last - i)) / (last + 1);
      } else {
        total += (weight[start + i] * (last + 1)) / (zero * (last - i));
      }
    }
    return total;
  }

  #addLeaf(start: number, last: number, value: number): void {
    for (let i = 1; i <= last; i++) {
      const share = this.#unwoundSum(start, last, i);
      const flow = this.#one[start + i] - this.#zero[start + i];
      this.#into[this.#feature[start + i]] += share * flow * value;
    }
  }
}
