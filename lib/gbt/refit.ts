import { UsageError } from "../core/mod.ts";
import { Booster } from "./booster.ts";
import { checkTarget, type Loss, lossOf } from "./loss.ts";
import { weightedQuantile } from "./order_statistics.ts";
import { checkLabels, type LabelledData } from "./training_data.ts";
import { leafOf } from "./tree.ts";

/** How leaves are refitted. */
export interface RefitOptions {
  /** Share of the old value that is kept where rows say otherwise, 0 to 1. */
  decay?: number;
  /** Factor on new values: the learning rate of the training. */
  learningRate?: number;
  /** Added to a leaf's sum of second derivatives. */
  l2?: number;
}

/**
 * The same trees with leaf values for new data: stage by stage every leaf's value becomes `decay`
 * times the old one plus (1 - `decay`) times what the new rows in it ask for. Leaves that no new
 * row reaches keep theirs. Much cheaper than training, and the structure stays what it was.
 *
 * @throws {InputError} for data that doesn't fit the booster; {UsageError} for a share out of range.
 */
export function refitLeaves(
  booster: Booster,
  data: LabelledData,
  { decay = 0.9, learningRate = 0.1, l2 = 0 }: RefitOptions = {},
): Booster {
  if (!(decay >= 0 && decay <= 1)) {
    throw new UsageError(`decay: found ${decay}, expected a number from 0 to 1`);
  }
  checkLabels(data);
  const loss = lossOf(booster.loss);
  checkTarget(loss, data.y);
  const { x, y, weight = new Float64Array(0) } = data;
  const empty = new Booster({ ...partsOf(booster), trees: [] });
  const score = empty.predictScores(x);
  const trees = booster.trees.map((tree) => {
    const leaves = Int32Array.from(score, (_, r) => leafOf(tree, x.data, r * x.columns));
    const wanted = wantedValues({ loss, leaves, score, y, weight, l2 }, tree.value.length);
    const value = tree.value.map((old, leaf) =>
      Number.isNaN(wanted[leaf]) ? old : decay * old + (1 - decay) * learningRate * wanted[leaf] + 0
    );
    leaves.forEach((leaf, r) => score[r] += value[leaf]);
    return { ...tree, value };
  });
  return new Booster({ ...partsOf(booster), trees });
}

interface LeafRows {
  loss: Loss;
  /** Leaf of every row. */
  leaves: Int32Array;
  score: Float64Array;
  y: Float64Array;
  weight: Float64Array;
  l2: number;
}

/** The step that each leaf's rows ask for, before shrinkage; NaN where there are none. */
function wantedValues({ loss, leaves, score, y, weight, l2 }: LeafRows, nodes: number) {
  const wanted = new Float64Array(nodes).fill(NaN);
  if (loss.renewQuantile !== undefined) {
    const rows = Map.groupBy(leaves.keys(), (r) => leaves[r]);
    for (const [leaf, list] of rows) {
      const residuals = Float64Array.from(list, (r) => y[r] - score[r]);
      const weights = weight.length ? Float64Array.from(list, (r) => weight[r]) : undefined;
      wanted[leaf] = weightedQuantile(residuals, loss.renewQuantile, weights);
    }
    return wanted;
  }
  const gradient = new Float64Array(y.length);
  const hessian = new Float64Array(y.length).fill(1);
  loss.derivatives({ score, target: y, weight, gradient, hessian, from: 0, to: y.length });
  const sums = new Float64Array(nodes);
  const weights = new Float64Array(nodes);
  leaves.forEach((leaf, r) => {
    sums[leaf] += gradient[r];
    weights[leaf] += hessian[r];
  });
  return wanted.map((_, leaf) => (weights[leaf] > 0 ? sums[leaf] / (weights[leaf] + l2) : NaN));
}

function partsOf(booster: Booster) {
  const { featureNames, loss, initialScore, minSamplesLeaf, metrics } = booster;
  return { featureNames, loss, initialScore, minSamplesLeaf, metrics };
}
