import type { FeatureBins } from "./bin_edges.ts";
import type { Kernels, NodeSums, Scale, SplitFound, SplitRules } from "./kernels.ts";
import { shareStart } from "./kernels.ts";
import { MISSING_FROM } from "./matrix.ts";
import type { BoosterOptions } from "./options.ts";
import { type Tree, TreeBuilder } from "./tree.ts";

/** One thread among those that grow a tree together. */
export interface Team {
  /** 0 to `threads` - 1. */
  thread: number;
  threads: number;
  /** Returns once all threads have come here. */
  meet(): void;
}

/** The only member of a team of one. */
export const SOLO: Team = { thread: 0, threads: 1, meet: () => {} };

/** A leaf that may still be split: its rows, sums, histogram and best split. */
interface OpenLeaf {
  node: number;
  depth: number;
  /** Span of the row list. */
  from: number;
  to: number;
  slot: number;
  sums: NodeSums;
  /** Splits above it that send missing values left and have it on their left. */
  missingLeftAbove: number;
  split?: SplitFound;
}

/** A leaf of a finished tree. */
export interface GrownLeaf {
  node: number;
  /** Span of the row list. */
  from: number;
  to: number;
  /** The Newton step, before shrinkage, within the interval below. */
  value: number;
  /** Ends of the interval that monotone constraints leave to the value. */
  lower: number;
  upper: number;
}

/** A finished tree whose leaves still hold the value 0. */
export interface GrownTree {
  tree: Tree;
  leaves: GrownLeaf[];
}

/**
 * Nested splits that may send missing values left: each repeats its left side in the model file,
 * so the number bounds how large the file can get.
 */
const MAX_MISSING_LEFT = 3;

/**
 * Grows a tree leaf by leaf, best split first. Every thread of the team runs this same code on the
 * same decisions: each fills histograms from its share of a leaf's rows and searches its share of
 * the features, and two meetings a split bring the parts together.
 */
export class TreeGrower {
  readonly #kernels: Kernels;
  readonly #team: Team;
  readonly #bins: readonly FeatureBins[];
  readonly #options: BoosterOptions;
  readonly #unitHessian: boolean;
  #builder = new TreeBuilder();
  #rules: SplitRules = { minCount: 1, minHessian: 0, l2: 0, minGain: 0 };
  #scale: Scale = { gradient: 1, hessian: 1 };

  constructor(
    parts: { kernels: Kernels; team: Team; bins: readonly FeatureBins[]; unitHessian: boolean },
    options: BoosterOptions,
  ) {
    this.#kernels = parts.kernels;
    this.#team = parts.team;
    this.#bins = parts.bins;
    this.#unitHessian = parts.unitHessian;
    this.#options = options;
  }

  /**
   * Grows one tree over the first `count` rows of the list, whose derivatives are quantised by
   * `scale`. `listed`: whether the list is other than 0, 1, 2 and so on.
   */
  grow(count: number, listed: boolean, scale: Scale): GrownTree {
    this.#builder = new TreeBuilder();
    this.#scale = scale;
    this.#rules = this.#rulesFor(scale);
    const leaves = [this.#root(count, listed)];
    while (leaves.length < this.#options.leaves) {
      const index = bestLeaf(leaves);
      if (index < 0) break;
      const isLast = leaves.length + 1 === this.#options.leaves;
      const [left, right] = this.#split(leaves[index], leaves.length, isLast);
      leaves[index] = left;
      leaves.push(right);
    }
    return { tree: this.#builder.build(), leaves: leaves.map((leaf) => this.#finish(leaf)) };
  }

  #rulesFor(scale: Scale): SplitRules {
    const { minSamplesLeaf, minHessianLeaf, l2, minGain } = this.#options;
    return {
      minCount: minSamplesLeaf,
      minHessian: this.#unitHessian ? 0 : Math.max(1, minHessianLeaf * scale.hessian),
      l2: l2 * scale.hessian,
      minGain: (minGain * scale.gradient * scale.gradient) / scale.hessian,
    };
  }

  #root(count: number, listed: boolean): OpenLeaf {
    const kernels = this.#kernels;
    const [from, to] = this.#share(0, count);
    kernels.histogram(0, listed ? "rows" : "all", from, to);
    this.#team.meet();
    const sums: NodeSums = {
      ...kernels.rootSums(0),
      lower: -Infinity,
      upper: Infinity,
      mayMissLeft: true,
    };
    // Searching adds the threads' parts together in place: all must have summed first.
    this.#team.meet();
    const node = this.#builder.addLeaf(0, count);
    const root: OpenLeaf = {
      node,
      depth: 0,
      from: 0,
      to: count,
      slot: 0,
      sums,
      missingLeftAbove: 0,
    };
    if (this.#mayBeSplit(root)) {
      kernels.scan({ smallSlot: 0, small: sums, rules: this.#rules });
      this.#team.meet();
      root.split = kernels.best(0);
    }
    return root;
  }

  #split(leaf: OpenLeaf, freeSlot: number, isLast: boolean): [OpenLeaf, OpenLeaf] {
    const kernels = this.#kernels;
    const split = leaf.split!;
    const [from, to] = this.#share(leaf.from, leaf.to);
    const goLeft = kernels.partition(split, from, to);
    kernels.exchange[this.#team.thread] = goLeft;
    const [left, right] = this.#children(leaf);
    const leftIsSmall = left.to - left.from < right.to - right.from;
    const [small, large] = leftIsSmall ? [left, right] : [right, left];
    small.slot = freeSlot;
    const search = !isLast && (this.#mayBeSplit(small) || this.#mayBeSplit(large));
    if (search) {
      const middle = from + goLeft;
      const share: [number, number] = leftIsSmall ? [from, middle] : [middle, to];
      kernels.histogram(small.slot, "parted", ...share);
    }
    this.#team.meet();
    this.#copyBack(leaf, { from, to, goLeft });
    if (search) {
      kernels.scan({
        smallSlot: small.slot,
        small: small.sums,
        largeSlot: large.slot,
        large: large.sums,
        rules: this.#rules,
      });
    }
    this.#team.meet();
    if (search) {
      small.split = this.#mayBeSplit(small) ? kernels.best(0) : undefined;
      large.split = this.#mayBeSplit(large) ? kernels.best(1) : undefined;
    }
    return [left, right];
  }

  /** Copies this thread's parted rows to where the threads before it leave off. */
  #copyBack(leaf: OpenLeaf, own: { from: number; to: number; goLeft: number }): void {
    const { exchange } = this.#kernels;
    const { thread, threads } = this.#team;
    let leftTo = leaf.from;
    let rightTo = leaf.from + leaf.split!.count;
    for (let t = 0; t < thread; t++) {
      const rows = shareStart(leaf.from, leaf.to, t + 1, threads) -
        shareStart(leaf.from, leaf.to, t, threads);
      leftTo += exchange[t];
      rightTo += rows - exchange[t];
    }
    this.#kernels.copyBack(own.from, leftTo, own.goLeft);
    this.#kernels.copyBack(own.from + own.goLeft, rightTo, own.to - own.from - own.goLeft);
  }

  /** Makes the node an inner one and its two sides leaves; the right side inherits the slot. */
  #children(leaf: OpenLeaf): [OpenLeaf, OpenLeaf] {
    const split = leaf.split!;
    const { edges } = this.#bins[split.feature];
    const middle = leaf.from + split.count;
    const above = leaf.missingLeftAbove + (split.missingLeft ? 1 : 0);
    const [leftSums, rightSums] = this.#childSums(leaf.sums, split, above);
    const child = { depth: leaf.depth + 1, slot: leaf.slot };
    const left: OpenLeaf = {
      ...child,
      node: this.#builder.addLeaf(0, leftSums.count),
      from: leaf.from,
      to: middle,
      sums: leftSums,
      missingLeftAbove: above,
    };
    const right: OpenLeaf = {
      ...child,
      node: this.#builder.addLeaf(0, rightSums.count),
      from: middle,
      to: leaf.to,
      sums: rightSums,
      missingLeftAbove: leaf.missingLeftAbove,
    };
    this.#builder.split(leaf.node, {
      feature: split.feature,
      threshold: split.bin < edges.length ? edges[split.bin] : MISSING_FROM,
      missingLeft: split.missingLeft,
      gain: (split.gain * this.#scale.hessian) / (this.#scale.gradient * this.#scale.gradient),
      left: left.node,
      right: right.node,
    });
    return [left, right];
  }

  #childSums(total: NodeSums, split: SplitFound, missingLeftAbove: number): [NodeSums, NodeSums] {
    const left: NodeSums = {
      count: split.count,
      gradient: split.gradient,
      hessian: split.hessian,
      lower: total.lower,
      upper: total.upper,
      mayMissLeft: missingLeftAbove < MAX_MISSING_LEFT,
    };
    const right: NodeSums = {
      ...total,
      count: total.count - split.count,
      gradient: total.gradient - split.gradient,
      hessian: total.hessian - split.hessian,
    };
    const sign = this.#options.monotone[split.feature] ?? 0;
    if (sign !== 0) {
      const middle = (this.#value(left) + this.#value(right)) / 2;
      if (sign > 0) left.upper = right.lower = middle;
      else left.lower = right.upper = middle;
    }
    return [left, right];
  }

  /** The Newton step in integer units, within the node's interval. */
  #value({ gradient, hessian, lower, upper }: NodeSums): number {
    return Math.min(Math.max(gradient / (hessian + this.#rules.l2), lower), upper);
  }

  #mayBeSplit(leaf: OpenLeaf): boolean {
    return leaf.depth < this.#options.maxDepth && leaf.sums.count >= 2 * this.#rules.minCount;
  }

  #share(from: number, to: number): [number, number] {
    const { thread, threads } = this.#team;
    return [
      shareStart(from, to, thread, threads),
      shareStart(from, to, thread + 1, threads),
    ];
  }

  #finish(leaf: OpenLeaf): GrownLeaf {
    const unit = this.#scale.hessian / this.#scale.gradient;
    return {
      node: leaf.node,
      from: leaf.from,
      to: leaf.to,
      value: this.#value(leaf.sums) * unit,
      lower: leaf.sums.lower * unit,
      upper: leaf.sums.upper * unit,
    };
  }
}

function bestLeaf(leaves: readonly OpenLeaf[]): number {
  let index = -1;
  let gain = 0;
  for (let i = 0; i < leaves.length; i++) {
    const found = leaves[i].split;
    if (found && found.gain > gain) {
      gain = found.gain;
      index = i;
    }
  }
  return index;
}
