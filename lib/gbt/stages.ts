import { type Rng, seededRng } from "../core/mod.ts";
import type { FeatureBins } from "./bin_edges.ts";
import { type GrownLeaf, type GrownTree, type Team, TreeGrower } from "./grower.ts";
import { isFused } from "./engine_shape.ts";
import { gradientLimit, hessianLimit, type Kernels, type Scale, shareStart } from "./kernels.ts";
import { type Loss, lossOf } from "./loss.ts";
import type { BoosterOptions } from "./options.ts";
import { weightedQuantile } from "./order_statistics.ts";
import { routeBins } from "./route_bins.ts";
import type { Tree } from "./tree.ts";

/** What every thread knows of a training. */
export interface StagePlan {
  rows: number;
  columns: number;
  options: BoosterOptions;
  bins: readonly FeatureBins[];
  /** Whether second derivatives or weights differ between rows. */
  hessian: boolean;
}

/** Told of every tree by the first thread; a true answer ends the training after that tree. */
export type StageListener = (tree: Tree, stage: number, trainingMetric: number) => boolean;

/**
 * Runs the stages of boosting as one thread of a team. `arrays.score` holds the starting scores,
 * `target` and `weight` are filled, bins are packed. The listener is called in the first thread.
 */
export function runStages(
  plan: StagePlan,
  hands: { kernels: Kernels; team: Team },
  listener: StageListener,
): void {
  const engine = new StageEngine(plan, hands);
  for (let stage = 0; stage < plan.options.trees; stage++) {
    const tree = engine.stage(stage);
    if (tree === undefined) return;
    // A tree without a split won't be followed by one with, unless others are drawn.
    const isDrawn = plan.options.rowFraction < 1 || plan.options.columnFraction < 1;
    if (tree.feature.length === 1 && !isDrawn) return;
    if (hands.team.thread === 0) {
      const metric = plan.options.trackTraining ? engine.trainingMetric() : NaN;
      hands.kernels.exchange[0] = listener(tree, stage, metric) ? 1 : 0;
    }
    hands.team.meet();
    const isOver = hands.kernels.exchange[0] === 1;
    hands.team.meet();
    if (isOver) return;
  }
}

/** Gradients that need a greater factor are taken for none: gains could not be squared any more. */
const MOST_SCALE = 1e120;

class StageEngine {
  readonly #plan: StagePlan;
  readonly #kernels: Kernels;
  readonly #team: Team;
  readonly #loss: Loss;
  readonly #grower: TreeGrower;
  readonly #rng: Rng;
  /** Whether scores are residuals, updated and quantised in one pass. */
  readonly #fused: boolean;
  #scale: Scale = { gradient: 0, hessian: 1 };
  /** Of the fused kind: greatest residual after the last stage. */
  #greatest = NaN;

  constructor(plan: StagePlan, { kernels, team }: { kernels: Kernels; team: Team }) {
    this.#plan = plan;
    this.#kernels = kernels;
    this.#team = team;
    const { options } = plan;
    this.#loss = lossOf(options.loss);
    this.#rng = seededRng(options.seed);
    this.#fused = isFused(options, plan.hessian);
    this.#grower = new TreeGrower(
      { kernels, team, bins: plan.bins, unitHessian: !plan.hessian },
      options,
    );
    if (this.#fused) this.#startResiduals();
  }

  /** One tree, its values shrunk and added to the scores; undefined when no gradient is left. */
  stage(stage: number): Tree | undefined {
    const count = this.#sample(stage);
    const isLeft = this.#fused ? this.#prepareResiduals() : this.#prepareGradients();
    if (!isLeft) return undefined;
    const { rows } = this.#plan;
    const grown = this.#grower.grow(count, count < rows, this.#scale);
    this.#setValues(grown);
    if (count < rows) this.#addByRouting(grown.tree);
    else if (this.#fused) this.#shiftResiduals(grown);
    else this.#shiftScores(grown);
    this.#team.meet();
    return grown.tree;
  }

  trainingMetric(): number {
    const { score, target, weight } = this.#kernels.arrays;
    if (!this.#fused) return this.#loss.metric({ score, target, weight });
    // A residual is the target of a score of 0.
    return this.#loss.metric({ score: new Float64Array(score.length), target: score, weight });
  }

  #ownRows(): [number, number] {
    const { thread, threads } = this.#team;
    const { rows } = this.#plan;
    return [shareStart(0, rows, thread, threads), shareStart(0, rows, thread + 1, threads)];
  }

  /** Greatest of all threads' numbers. */
  #greatestOfAll(own: number): number {
    const { exchange } = this.#kernels;
    const { thread, threads } = this.#team;
    exchange[thread] = own;
    this.#team.meet();
    let greatest = 0;
    for (let t = 0; t < threads; t++) greatest = Math.max(greatest, exchange[t]);
    this.#team.meet();
    return greatest;
  }

  #startResiduals(): void {
    const { score, target } = this.#kernels.arrays;
    const [from, to] = this.#ownRows();
    for (let r = from; r < to; r++) score[r] = target[r] - score[r];
    this.#greatest = this.#greatestOfAll(greatestSize(score, from, to));
  }

  /**
   * Keeps the gradient scale while the residuals fit it: below the limit, so that no sum
   * overflows, and above an eighth of it, so that no more than 3 bits are lost.
   */
  #prepareResiduals(): boolean {
    if (!(this.#greatest > 0)) return false;
    const limit = gradientLimit(this.#plan.rows);
    const reach = this.#greatest * this.#scale.gradient;
    if (reach <= limit && reach * 8 >= limit) return true;
    this.#scale = { gradient: limit / this.#greatest, hessian: 1 };
    if (this.#scale.gradient > MOST_SCALE) return false;
    const [from, to] = this.#ownRows();
    this.#kernels.quantise(from, to, this.#scale);
    this.#team.meet();
    return true;
  }

  #prepareGradients(): boolean {
    const { arrays } = this.#kernels;
    const [from, to] = this.#ownRows();
    this.#loss.derivatives({ ...arrays, from, to });
    const gradient = this.#greatestOfAll(greatestSize(arrays.gradient, from, to));
    const hessian = this.#plan.hessian
      ? this.#greatestOfAll(greatestSize(arrays.hessian, from, to))
      : 1;
    if (!(gradient > 0 && gradient < Infinity && hessian < Infinity)) return false;
    const { rows } = this.#plan;
    this.#scale = {
      gradient: gradientLimit(rows) / gradient,
      // A power of two: sums of whole weights stay whole.
      hessian: this.#plan.hessian ? 2 ** Math.floor(Math.log2(hessianLimit(rows) / hessian)) : 1,
    };
    if (this.#scale.gradient > MOST_SCALE) return false;
    this.#kernels.quantise(from, to, this.#scale);
    this.#team.meet();
    return true;
  }

  /** Draws the tree's rows and columns, the same in every thread; returns the number of rows. */
  #sample(stage: number): number {
    const { rows, columns, options } = this.#plan;
    if (options.columnFraction < 1) {
      const rng = this.#rng.fork(`columns/${stage}`);
      this.#kernels.useColumns(sampleMask(columns, options.columnFraction, rng));
    }
    const [from, to] = this.#ownRows();
    if (options.rowFraction === 1) {
      this.#kernels.listRows(from, to);
      return rows;
    }
    const mask = sampleMask(rows, options.rowFraction, this.#rng.fork(`rows/${stage}`));
    let count = 0;
    const list = this.#kernels.arrays.rows;
    for (let r = 0; r < rows; r++) {
      if (!mask[r]) continue;
      // Each thread writes what its share of the rows contributes.
      if (r >= from && r < to) list[count] = r;
      count++;
    }
    return count;
  }

  /** Final leaf values: the loss's own rule or the Newton step, times the learning rate. */
  #setValues({ tree, leaves }: GrownTree): void {
    const { learningRate } = this.#plan.options;
    const { exchange } = this.#kernels;
    const { thread, threads } = this.#team;
    if (this.#loss.renewQuantile !== undefined) {
      for (let i = thread; i < leaves.length; i += threads) {
        exchange[i] = this.#renewed(leaves[i], this.#loss.renewQuantile);
      }
      this.#team.meet();
      leaves.forEach((leaf, i) => leaf.value = exchange[i]);
      this.#team.meet();
    }
    for (const leaf of leaves) {
      const held = Math.min(Math.max(leaf.value, leaf.lower), leaf.upper);
      leaf.value = tree.value[leaf.node] = held * learningRate + 0;
    }
  }

  #renewed({ from, to }: GrownLeaf, quantile: number): number {
    const { rows, score, target, weight } = this.#kernels.arrays;
    const residuals = new Float64Array(to - from);
    for (let i = from; i < to; i++) residuals[i - from] = target[rows[i]] - score[rows[i]];
    if (weight.length === 0) return weightedQuantile(residuals, quantile);
    const weights = new Float64Array(to - from);
    for (let i = from; i < to; i++) weights[i - from] = weight[rows[i]];
    return weightedQuantile(residuals, quantile, weights);
  }

  #shareOf({ from, to }: GrownLeaf): [number, number] {
    const { thread, threads } = this.#team;
    return [shareStart(from, to, thread, threads), shareStart(from, to, thread + 1, threads)];
  }

  #shiftResiduals({ leaves }: GrownTree): void {
    let greatest = 0;
    for (const leaf of leaves) {
      const [from, to] = this.#shareOf(leaf);
      const most = this.#kernels.shiftResiduals(from, to, leaf.value, this.#scale.gradient);
      greatest = Math.max(greatest, most);
    }
    this.#greatest = this.#greatestOfAll(greatest);
  }

  #shiftScores({ leaves }: GrownTree): void {
    for (const leaf of leaves) {
      const [from, to] = this.#shareOf(leaf);
      this.#kernels.shiftScores(from, to, leaf.value);
    }
  }

  #addByRouting(tree: Tree): void {
    const { words, score } = this.#kernels.arrays;
    const { rows, bins } = this.#plan;
    const [from, to] = this.#ownRows();
    routeBins(tree, bins, { words, rows, from, to }, (row, leaf) => score[row] += tree.value[leaf]);
  }
}

/** 1 for about `fraction` of `size` places, at least one: exactly `round(size * fraction)`. */
function sampleMask(size: number, fraction: number, rng: Rng): Uint8Array {
  const mask = new Uint8Array(size);
  let wanted = Math.max(1, Math.round(size * fraction));
  for (let i = 0; i < size && wanted > 0; i++) {
    if (rng.float() * (size - i) < wanted) {
      mask[i] = 1;
      wanted--;
    }
  }
  return mask;
}

/** Greatest absolute value of a range; NaN where one is. V8 boxes what goes through `Math.max` here. */
function greatestSize(values: Float64Array, from: number, to: number): number {
  let greatest = 0;
  for (let i = from; i < to; i++) {
    const size = Math.abs(values[i]);
    if (size > greatest) greatest = size;
    else if (!(size <= greatest)) return NaN;
  }
  return greatest;
}
