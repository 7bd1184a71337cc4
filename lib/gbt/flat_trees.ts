import { MISSING_FROM } from "./matrix.ts";
import type { Tree } from "./tree.ts";

/**
 * Trees end to end in flat arrays, for prediction. Every node asks `value < threshold` and nothing
 * else, as in ml-cart's form; where a tree sends missing values left, a second node asks for them
 * and leads back to the left side, which is shared and not repeated. Leaves lead to themselves.
 */
export interface FlatTrees {
  feature: Int32Array;
  threshold: Float64Array;
  left: Int32Array;
  right: Int32Array;
  value: Float64Array;
  /** Root node of every tree, then the number of nodes. */
  roots: Int32Array;
  /** Most questions on the way to a leaf, by tree. */
  depths: Int32Array;
}

/** Lays trees out in flat arrays. */
export function flattenTrees(trees: readonly Tree[]): FlatTrees {
  const sizes = trees.map((tree) => tree.feature.length + countOf(tree.missingLeft));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const flat: FlatTrees = {
    feature: new Int32Array(total),
    threshold: new Float64Array(total),
    left: new Int32Array(total),
    right: new Int32Array(total),
    value: new Float64Array(total),
    roots: new Int32Array(trees.length + 1),
    depths: new Int32Array(trees.length),
  };
  let start = 0;
  trees.forEach((tree, t) => {
    flat.roots[t] = start;
    place(tree, flat, start);
    flat.depths[t] = questionsBelow(flat, start);
    start += sizes[t];
  });
  flat.roots[trees.length] = start;
  return flat;
}

function countOf(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0);
}

function place(tree: Tree, flat: FlatTrees, start: number): void {
  const nodes = tree.feature.length;
  let extra = start + nodes;
  for (let node = 0; node < nodes; node++) {
    const at = start + node;
    const feature = tree.feature[node];
    if (feature < 0) {
      flat.value[at] = tree.value[node];
      flat.left[at] = flat.right[at] = at;
      continue;
    }
    flat.feature[at] = feature;
    flat.threshold[at] = tree.threshold[node];
    flat.left[at] = start + tree.left[node];
    flat.right[at] = start + tree.right[node];
    if (!tree.missingLeft[node]) continue;
    flat.feature[extra] = feature;
    flat.threshold[extra] = MISSING_FROM;
    flat.left[extra] = flat.right[at];
    flat.right[extra] = flat.left[at];
    flat.right[at] = extra++;
  }
}

function questionsBelow(flat: FlatTrees, root: number): number {
  let deepest = 0;
  const open: [node: number, depth: number][] = [[root, 0]];
  while (open.length) {
    const [node, depth] = open.pop()!;
    if (flat.left[node] === node) {
      deepest = Math.max(deepest, depth);
    } else {
      open.push([flat.left[node], depth + 1], [flat.right[node], depth + 1]);
    }
  }
  return deepest;
}

/** Sum over all trees for the row whose values start at `offset`, from `start` on. */
export function flatScore(
  { feature, threshold, left, right, value, roots }: FlatTrees,
  row: ArrayLike<number>,
  offset: number,
  start: number,
): number {
  let score = start;
  for (let t = 0; t + 1 < roots.length; t++) {
    let node = roots[t];
    let next = node;
    do {
      node = next;
      next = row[offset + feature[node]] < threshold[node] ? left[node] : right[node];
    } while (next !== node);
    score += value[node];
  }
  return score;
}
