import { InputError, UsageError } from "../core/mod.ts";

/** What a booster minimises. `pinball` and `huber` carry their quantile (0 to 1) and their width. */
export type LossSpec =
  | "squared"
  | "absolute"
  | "logistic"
  | "poisson"
  | { pinball: number }
  | { huber: number };

/** How a booster is trained. */
export interface BoosterOptions {
  /** What is minimised. */
  loss: LossSpec;
  /** Number of trees, at least 0. */
  trees: number;
  /** Most leaves of a tree, at least 2. */
  leaves: number;
  /** Most splits between the root and a leaf, 1 to 64. */
  maxDepth: number;
  /** Factor on every tree's values, in (0, 1]. */
  learningRate: number;
  /** Fewest rows of a leaf, at least 1. */
  minSamplesLeaf: number;
  /** Least sum of second derivatives (times weights) of a leaf; not used where these are all 1. */
  minHessianLeaf: number;
  /** Added to a leaf's sum of second derivatives: draws its value towards 0. */
  l2: number;
  /** A split must lower the loss (twice its second-order estimate) by more than this. */
  minGain: number;
  /** Share of the rows that a tree sees, in (0, 1]. */
  rowFraction: number;
  /** Share of the features that a tree sees, in (0, 1]. */
  columnFraction: number;
  /** Stop after this many trees without a better validation loss; 0 never stops. */
  earlyStoppingRounds: number;
  /** Most intervals a feature's values are sorted into, 2 to 255; missing values have their own. */
  bins: number;
  /** `histogram`: our own, for any size. `exact`: ml-cart's own training, for small data. */
  grower: "histogram" | "exact";
  /** Implementation of the inner loops; `auto` takes WASM where it is available. Same trees. */
  kernels: "auto" | "wasm" | "plain";
  /** Threads of `trainBoosterParallel`; a pool has its own number, `trainBooster` one. Same trees. */
  threads: number;
  /** Per feature: 1 where the prediction must not fall with it, -1 where it must not rise, 0 free. */
  monotone: readonly number[];
  /** What a target or a feature with one single value means: refuse it, or learn nothing from it. */
  constant: "refuse" | "accept";
  /** Seed of row and column sampling, 0 to 2^31 - 1. */
  seed: number;
  /** Record the loss on the training data at every stage, not only that on the validation set. */
  trackTraining: boolean;
}

/** Values of {@linkcode BoosterOptions} where none is given. */
export const BOOSTER_DEFAULTS = {
  loss: "squared",
  trees: 100,
  leaves: 31,
  maxDepth: 64,
  learningRate: 0.1,
  minSamplesLeaf: 20,
  minHessianLeaf: 1e-3,
  l2: 0,
  minGain: 0,
  rowFraction: 1,
  columnFraction: 1,
  earlyStoppingRounds: 0,
  bins: 255,
  grower: "histogram",
  kernels: "auto",
  threads: 1,
  monotone: [],
  constant: "refuse",
  seed: 0,
  trackTraining: false,
} satisfies BoosterOptions;

type NumberOption = {
  [K in keyof BoosterOptions]: BoosterOptions[K] extends number ? K : never;
}[keyof BoosterOptions];

/** Range of every numeric option: least, most, whether whole, whether the least is left out. */
const RANGES: Record<NumberOption, { min: number; max: number; whole?: true; above?: true }> = {
  trees: { min: 0, max: 100_000, whole: true },
  leaves: { min: 2, max: 1024, whole: true },
  maxDepth: { min: 1, max: 64, whole: true },
  learningRate: { min: 0, max: 1, above: true },
  minSamplesLeaf: { min: 1, max: 2 ** 24, whole: true },
  minHessianLeaf: { min: 0, max: Number.MAX_VALUE },
  l2: { min: 0, max: Number.MAX_VALUE },
  minGain: { min: 0, max: Number.MAX_VALUE },
  rowFraction: { min: 0, max: 1, above: true },
  columnFraction: { min: 0, max: 1, above: true },
  earlyStoppingRounds: { min: 0, max: 100_000, whole: true },
  bins: { min: 2, max: 255, whole: true },
  threads: { min: 1, max: 64, whole: true },
  seed: { min: 0, max: 2 ** 31 - 1, whole: true },
};

/**
 * Options with defaults filled in, checked against their ranges and the number of features.
 *
 * @throws {UsageError} naming the option, what was found and what is allowed.
 */
export function resolveOptions(given: Partial<BoosterOptions>, columns: number): BoosterOptions {
  const options: BoosterOptions = { ...BOOSTER_DEFAULTS, ...given };
  for (const [name, range] of Object.entries(RANGES)) {
    const value = options[name as NumberOption];
    const low = range.above ? value > range.min : value >= range.min;
    if (!(low && value <= range.max && (!range.whole || Number.isInteger(value)))) {
      const kind = range.whole ? "a whole number" : "a number";
      const from = range.above ? `above ${range.min}` : `from ${range.min}`;
      throw new UsageError(`${name}: found ${value}, expected ${kind} ${from} to ${range.max}`);
    }
  }
  const { monotone } = options;
  if (monotone.length !== 0 && monotone.length !== columns) {
    throw new UsageError(
      `monotone: found ${monotone.length} entries, expected one for each of ${columns} features`,
    );
  }
  for (const sign of monotone) {
    if (sign !== 0 && sign !== 1 && sign !== -1) {
      throw new UsageError(`monotone: found ${sign}, expected -1, 0 or 1`);
    }
  }
  return options;
}

/** Short name of a loss: `pinball(0.9)`. */
export function lossName(spec: LossSpec): string {
  if (typeof spec === "string") return spec;
  return "pinball" in spec ? `pinball(${spec.pinball})` : `huber(${spec.huber})`;
}

/** A loss as read from a model file. @throws {InputError} for anything that is none. */
export function parseLossSpec(value: unknown): LossSpec {
  switch (value) {
    case "squared":
    case "absolute":
    case "logistic":
    case "poisson":
      return value;
  }
  if (typeof value === "object" && value !== null) {
    const { pinball, huber } = value as { pinball?: unknown; huber?: unknown };
    if (typeof pinball === "number" && pinball > 0 && pinball < 1) return { pinball };
    if (typeof huber === "number" && huber > 0) return { huber };
  }
  throw new InputError({ field: "loss", found: value, expected: "the name of a loss" });
}
