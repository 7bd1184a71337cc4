import { type Matrix, MISSING_FROM } from "./matrix.ts";

/**
 * A binary regression tree in flat arrays; node 0 is the root. A row goes left at a node where its
 * value is less than `threshold`, or where the value is missing and `missingLeft` is 1.
 */
export interface Tree {
  /** Column that a node asks for; -1 at leaves. */
  feature: Int32Array;
  /** Finite; 0 at leaves. */
  threshold: Float64Array;
  missingLeft: Uint8Array;
  /** Node of the left child; 0 at leaves. */
  left: Int32Array;
  right: Int32Array;
  /** What a leaf predicts; 0 at inner nodes. */
  value: Float64Array;
  /** By how much the split lowers twice the loss (in its second-order estimate); 0 at leaves. */
  gain: Float64Array;
  /** Number of training rows that reached the node. */
  cover: Float64Array;
}

/** Collects nodes of a {@linkcode Tree}. */
export class TreeBuilder {
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #missingLeft: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #value: number[] = [];
  readonly #gain: number[] = [];
  readonly #cover: number[] = [];

  /** Appends a leaf and returns its node. */
  addLeaf(value: number, cover: number): number {
    this.#feature.push(-1);
    this.#threshold.push(0);
    this.#missingLeft.push(0);
    this.#left.push(0);
    this.#right.push(0);
    // Plus 0 turns a negative zero, which JSON can't hold, into zero.
    this.#value.push(value + 0);
    this.#gain.push(0);
    return this.#cover.push(cover) - 1;
  }

  /** Makes a leaf an inner node. */
  split(
    node: number,
    to: {
      feature: number;
      threshold: number;
      missingLeft: boolean;
      gain: number;
      left: number;
      right: number;
    },
  ): void {
    this.#feature[node] = to.feature;
    this.#threshold[node] = to.threshold + 0;
    this.#missingLeft[node] = to.missingLeft ? 1 : 0;
    this.#left[node] = to.left;
    this.#right[node] = to.right;
    this.#gain[node] = to.gain;
    this.#value[node] = 0;
  }

  build(): Tree {
    return {
      feature: Int32Array.from(this.#feature),
      threshold: Float64Array.from(this.#threshold),
      missingLeft: Uint8Array.from(this.#missingLeft),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      value: Float64Array.from(this.#value),
      gain: Float64Array.from(this.#gain),
      cover: Float64Array.from(this.#cover),
    };
  }
}

/** Leaf that a row (its values from `offset` on) reaches. */
export function leafOf(tree: Tree, row: ArrayLike<number>, offset = 0): number {
  const { feature, threshold, missingLeft, left, right } = tree;
  let node = 0;
  for (let f = feature[0]; f >= 0; f = feature[node]) {
    const value = row[offset + f];
    const goesLeft = value < threshold[node] ||
      (missingLeft[node] === 1 && !(value < MISSING_FROM));
    node = goesLeft ? left[node] : right[node];
  }
  return node;
}

/** Adds the tree's prediction for every row to `scores`. */
export function addTreeScores(tree: Tree, x: Matrix, scores: Float64Array): void {
  for (let r = 0; r < x.rows; r++) {
    scores[r] += tree.value[leafOf(tree, x.data, r * x.columns)];
  }
}

/** Every split from the root to a leaf, at most. 0 for a single leaf. */
export function treeDepth({ feature, left, right }: Tree): number {
  const depth = new Int32Array(feature.length);
  // Children come after their parent in every tree that is built or read.
  let deepest = 0;
  for (let node = 0; node < feature.length; node++) {
    if (feature[node] < 0) continue;
    depth[left[node]] = depth[right[node]] = depth[node] + 1;
    deepest = Math.max(deepest, depth[node] + 1);
  }
  return deepest;
}
