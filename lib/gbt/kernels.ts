/** Arrays over all training rows that every thread sees. */
export interface RowArrays {
  /** Bins, four features a word: see `packBins`. */
  words: Uint32Array;
  /** Score before the link; of the residual kind (see `shiftResiduals`), target less score. */
  score: Float64Array;
  target: Float64Array;
  /** Empty where every weight is 1. */
  weight: Float64Array;
  /** The scores themselves, of the residual kind. */
  gradient: Float64Array;
  /** Empty where second derivatives are all 1. */
  hessian: Float64Array;
  /** Permuted row numbers: every leaf owns a span of them. */
  rows: Uint32Array;
}

/** Factors that turn derivatives into integers. Without a hessian lane, `hessian` is 1. */
export interface Scale {
  gradient: number;
  hessian: number;
}

/** Sums over the rows of a node, in integers, and what its children may be. */
export interface NodeSums {
  count: number;
  gradient: number;
  /** Equals `count` where second derivatives are all 1. */
  hessian: number;
  /** Ends of the interval that monotone constraints leave to the value, in integer units. */
  lower: number;
  upper: number;
  /** Whether a split may send missing values left. */
  mayMissLeft: boolean;
}

/** A split and the sums of its left side. */
export interface SplitFound {
  /** Above 0; in units of the squared gradient scale over the hessian scale. */
  gain: number;
  feature: number;
  /** Rows in this bin or a lower one go left. */
  bin: number;
  missingLeft: boolean;
  count: number;
  gradient: number;
  hessian: number;
}

/** What a split must keep to, in integer units. */
export interface SplitRules {
  minCount: number;
  minHessian: number;
  /** Added to sums of the hessian. */
  l2: number;
  /** A split's gain must be above this. */
  minGain: number;
}

/** Work of one step: histograms of the smaller child are there, the larger one's are derived. */
export interface ScanTask {
  /** Histogram and sums of the smaller child, or of the root. */
  smallSlot: number;
  small: NodeSums;
  /** The parent's histogram, which becomes the larger child's. Left out at the root. */
  largeSlot?: number;
  large?: NodeSums;
  rules: SplitRules;
}

/** Shape of a training: the same for all threads and for both implementations. */
export interface EngineShape {
  rows: number;
  columns: number;
  /** Histograms that are kept at the same time. */
  slots: number;
  threads: number;
  /** Whether second derivatives or weights differ between rows. */
  hessian: boolean;
  weighted: boolean;
  /** Whether scores are residuals, which are the gradients too (see `shiftResiduals`). */
  fused: boolean;
  /** Number of edges of every feature. */
  edgeCounts: Uint8Array;
  /** 1 where a feature has missing values. */
  hasMissing: Uint8Array;
  /** -1, 0 or 1 for every feature; empty when none is constrained. */
  monotone: Int8Array;
}

/**
 * The inner loops of growing, as one thread calls them. All implementations give the same integers
 * and so the same trees: sums are of integers, and every comparison is made on 64-bit floats with
 * the operations of `plain_kernels.ts` in their order.
 */
export interface Kernels {
  readonly arrays: RowArrays;
  /** One number a thread (and, after a tree, one a leaf) to tell the others. */
  readonly exchange: Float64Array;
  /** Looks at these features only from now on: 1 for each that takes part. */
  useColumns(mask: Uint8Array): void;
  /** Writes `[from, to)` of the row list as the numbers themselves. */
  listRows(from: number, to: number): void;
  /** Turns derivatives of rows `[from, to)` into integers. */
  quantise(from: number, to: number, scale: Scale): void;
  /**
   * For the squared loss: lowers the residuals of the rows at `[from, to)` of the list, turns them
   * into integers and returns the greatest absolute one.
   */
  shiftResiduals(from: number, to: number, by: number, gradientScale: number): number;
  /** Raises the scores of the rows at `[from, to)` of the list. */
  shiftScores(from: number, to: number, by: number): void;
  /** Clears and fills this thread's part of a histogram with rows at `[from, to)`. */
  histogram(slot: number, list: "all" | "rows" | "parted", from: number, to: number): void;
  /** Sums over the root, whose histogram is in `slot`; after all threads filled their part. */
  rootSums(slot: number): { count: number; gradient: number; hessian: number };
  /**
   * Sorts rows at `[from, to)` of the list by a split into the parted list: those that go left
   * upwards from `from`, the others downwards from the end. Returns how many go left.
   */
  partition(split: SplitFound, from: number, to: number): number;
  /** Copies `count` parted rows at `from` to the row list at `to`. */
  copyBack(from: number, to: number, count: number): void;
  /** Finds the best splits among this thread's features and leaves them where `best` finds them. */
  scan(task: ScanTask): void;
  /** The best split of the last task's small (0) or large (1) child over all threads' features. */
  best(child: 0 | 1): SplitFound | undefined;
}

/** Bins of a histogram per feature. */
export const BINS = 256;

/** Least relative gain that isn't rounding. */
const GAIN_EPSILON = 1e-12;

/**
 * A node's own score, and what a split of it must exceed: twice the loss that it takes away, in
 * the second-order estimate, is the sum of its sides' scores less the node's own.
 */
export function scoreToBeat(
  { gradient, hessian, lower, upper }: NodeSums,
  rules: SplitRules,
  isBounded: boolean,
): { base: number; start: number } {
  const weight = hessian + rules.l2;
  const value = Math.min(Math.max(gradient / weight, lower), upper);
  const base = isBounded ? value * (2 * gradient - weight * value) : (gradient * gradient) / weight;
  return { base, start: base + Math.max(Math.abs(base) * GAIN_EPSILON, rules.minGain) };
}

/** Bits of a histogram cell's gradient sum, with its sign. */
const GRADIENT_BITS = 40;

/** Greatest absolute integer gradient of a row such that no sum over `rows` rows overflows. */
export function gradientLimit(rows: number): number {
  return Math.min(2 ** 30, Math.floor(2 ** (GRADIENT_BITS - 1) / rows) - 1);
}

/** Greatest integer second derivative of a row such that sums stay exact in 64-bit floats. */
export function hessianLimit(rows: number): number {
  return Math.min(2 ** 30, Math.floor(2 ** 52 / rows) - 1);
}

/** Start of share `index` of `[from, to)` cut into `parts`; `index` = `parts` gives the end. */
export function shareStart(from: number, to: number, index: number, parts: number): number {
  return from + Math.floor(((to - from) * index) / parts);
}
