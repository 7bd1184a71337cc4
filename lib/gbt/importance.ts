import type { Tree } from "./tree.ts";

/** Sum of the gains of the splits on every column. */
export function gainImportance(trees: readonly Tree[], columns: number): Float64Array {
  return sumOverSplits(trees, columns, (tree, node) => tree.gain[node]);
}

/** Number of splits on every column. */
export function splitImportance(trees: readonly Tree[], columns: number): Float64Array {
  return sumOverSplits(trees, columns, () => 1);
}

function sumOverSplits(
  trees: readonly Tree[],
  columns: number,
  term: (tree: Tree, node: number) => number,
): Float64Array {
  const sums = new Float64Array(columns);
  for (const tree of trees) {
    tree.feature.forEach((feature, node) => {
      if (feature >= 0) sums[feature] += term(tree, node);
    });
  }
  return sums;
}
