import type { FeatureBins } from "./bin_edges.ts";
import { MISSING_FROM } from "./matrix.ts";
import type { Tree } from "./tree.ts";

/** Packed bins (see `packBins`) of `rows` rows, of which `[from, to)` are looked at. */
export interface BinnedRows {
  words: Uint32Array;
  rows: number;
  from: number;
  to: number;
}

/** Calls `visit` with every row and the leaf that its bins lead to: the leaf of its raw values. */
export function routeBins(
  tree: Tree,
  bins: readonly FeatureBins[],
  { words, rows, from, to }: BinnedRows,
  visit: (row: number, leaf: number) => void,
): void {
  const { feature, left, right, missingLeft } = tree;
  const nodeBin = Int32Array.from(feature, (f, node) => f < 0 ? 0 : edgeIndex(tree, node, bins[f]));
  const missingBin = Int32Array.from(
    feature,
    (f, node) => f >= 0 && missingLeft[node] ? bins[f].edges.length + 1 : -1,
  );
  for (let row = from; row < to; row++) {
    let node = 0;
    for (let f = feature[0]; f >= 0; f = feature[node]) {
      const bin = (words[(f >> 2) * rows + row] >>> ((f & 3) * 8)) & 255;
      node = bin <= nodeBin[node] || bin === missingBin[node] ? left[node] : right[node];
    }
    visit(row, node);
  }
}

/** Highest bin that goes left at a node. */
function edgeIndex(tree: Tree, node: number, { edges }: FeatureBins): number {
  const threshold = tree.threshold[node];
  return threshold === MISSING_FROM ? edges.length : edges.indexOf(threshold);
}
