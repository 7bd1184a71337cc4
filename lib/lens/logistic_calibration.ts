/** Settings of a {@linkcode LogisticCalibration}. */
export interface LogisticOptions {
  /** Weights before anything was seen, the constant first. */
  prior: readonly number[];
  /** How many outcomes the prior counts for, about. */
  priorStrength: number;
  /** Outcomes kept; the oldest go first. */
  most: number;
  /** Outcomes after which weights are fitted anew. */
  refitEvery: number;
}

const DEFAULTS = { priorStrength: 10, most: 2000, refitEvery: 20 };
/** Steps of Newton's method: it is there after three or four. */
const STEPS = 8;

interface Example {
  features: number[];
  outcome: number;
  weight: number;
}

/**
 * Learns online how likely something is from a few features: logistic regression with a Gaussian
 * prior around given weights, fitted anew to the newest outcomes every so often. Outcomes may be
 * shares. With the log-odds of a model's own probability among the features it is Platt's scaling.
 *
 * @example
 * ```ts
 * import { LogisticCalibration } from "../../lib/lens/mod.ts";
 * const learned = new LogisticCalibration({ prior: [0], refitEvery: 1 });
 * for (let i = 0; i < 400; i++) learned.learn([], i % 4 === 0 ? 1 : 0);
 * if (Math.abs(learned.probability([]) - 0.25) > 0.01) throw new Error("one in four");
 * ```
 */
export class LogisticCalibration {
  readonly #options: LogisticOptions;
  readonly #examples: Example[] = [];
  #weights: readonly number[];
  #unfitted = 0;

  constructor(options: Partial<LogisticOptions> & Pick<LogisticOptions, "prior">) {
    this.#options = { ...DEFAULTS, ...options };
    this.#weights = options.prior;
  }

  /** Number of outcomes it is fitted to. */
  get size(): number {
    return this.#examples.length;
  }

  /** The chance, 0 to 1. */
  probability(features: readonly number[]): number {
    return logistic(dot(this.#weights, features));
  }

  /** Takes an outcome, 0 to 1; one of less weight counts for less. */
  learn(features: readonly number[], outcome: number, weight = 1): void {
    this.#examples.push({ features: [1, ...features], outcome, weight });
    if (this.#examples.length > 1.1 * this.#options.most) {
      this.#examples.splice(0, this.#examples.length - this.#options.most);
    }
    if (++this.#unfitted >= this.#options.refitEvery) {
      this.#weights = this.#fit();
      this.#unfitted = 0;
    }
  }

  /** Newton's method on the penalised likelihood. */
  #fit(): number[] {
    const { prior, priorStrength } = this.#options;
    let weights = [...prior];
    for (let step = 0; step < STEPS; step++) {
      // A quarter is the most that one outcome can weigh in the curvature.
      const gradient = weights.map((w, i) => (prior[i] - w) * priorStrength / 4);
      const curvature = weights.map((_, i) =>
        weights.map((_, j) => i === j ? priorStrength / 4 : 0)
      );
      for (const { features, outcome, weight } of this.#examples) {
        const chance = logistic(features.reduce((sum, x, i) => sum + x * weights[i], 0));
        const spread = weight * Math.max(1e-6, chance * (1 - chance));
        for (let i = 0; i < features.length; i++) {
          gradient[i] += weight * (outcome - chance) * features[i];
          for (let j = 0; j < features.length; j++) {
            curvature[i][j] += spread * features[i] * features[j];
          }
        }
      }
      const change = solve(curvature, gradient);
      weights = weights.map((w, i) => w + change[i]);
    }
    return weights;
  }
}

/** 1 / (1 + e^-x). */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The log-odds of a probability, kept within those of 0.1 % and 99.9 %. */
export function logOdds(probability: number): number {
  const p = Math.min(0.999, Math.max(0.001, probability));
  return Math.log(p / (1 - p));
}

function dot(weights: readonly number[], features: readonly number[]): number {
  return features.reduce((sum, x, i) => sum + x * weights[i + 1], weights[0]);
}

/** Solves a small system whose matrix is positive definite, by elimination. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let i = 0; i < rows.length; i++) {
    for (let j = i + 1; j < rows.length; j++) {
      const factor = rows[j][i] / rows[i][i];
      for (let k = i; k <= rows.length; k++) rows[j][k] -= factor * rows[i][k];
    }
  }
  const solution = new Array<number>(rows.length).fill(0);
  for (let i = rows.length - 1; i >= 0; i--) {
    const known = rows[i].slice(i + 1, -1).reduce((sum, x, k) => sum + x * solution[i + 1 + k], 0);
    solution[i] = (rows[i][rows.length] - known) / rows[i][i];
  }
  return solution;
}
