import { InputError, UsageError } from "../core/mod.ts";
import type { LossSpec } from "./options.ts";
import { weightedQuantile } from "./order_statistics.ts";

/** Rows of a training set as the losses see them. Scores are before the link. */
export interface LossRows {
  score: Float64Array;
  target: Float64Array;
  /** Empty where every weight is 1. */
  weight: Float64Array;
}

/** Rows `[from, to)`, and where their derivatives go. */
export interface GradientTask extends LossRows {
  /** Receives minus the first derivative of the loss by the score, times the weight. */
  gradient: Float64Array;
  /** Receives the second derivative times the weight; untouched where all are 1. */
  hessian: Float64Array;
  from: number;
  to: number;
}

/** A loss: its starting score, derivatives, leaf rule and link. */
export interface Loss {
  /** Name of the figure that {@linkcode Loss.metric} gives. */
  readonly metricName: string;
  /** Whether the second derivative is taken as 1 everywhere (before weights). */
  readonly unitHessian: boolean;
  /** Quantile of the residuals that replaces a leaf's Newton step, where the loss wants one. */
  readonly renewQuantile?: number;
  /** The constant score that minimises the loss. */
  initial(target: Float64Array, weight: Float64Array): number;
  /** Fills in the derivatives of a range of rows. */
  derivatives(task: GradientTask): void;
  /** Mean loss (weighted) in the unit that {@linkcode Loss.metricName} says; less is better. */
  metric(rows: LossRows): number;
  /** The prediction that a score stands for. */
  link(score: number): number;
  /** What a target must be, when not every number is allowed. */
  readonly domain?: { expected: string; allows(y: number): boolean };
}

/** @throws {UsageError} for a quantile or width out of range. */
export function lossOf(spec: LossSpec): Loss {
  if (spec === "squared") return squared;
  if (spec === "absolute") return { ...pinballLoss(0.5), metricName: "mae", metric: meanAbsolute };
  if (spec === "logistic") return logistic;
  if (spec === "poisson") return poisson;
  if ("pinball" in spec) {
    if (!(spec.pinball > 0 && spec.pinball < 1)) {
      throw new UsageError(`pinball: found ${spec.pinball}, expected a quantile between 0 and 1`);
    }
    return pinballLoss(spec.pinball);
  }
  if (!(spec.huber > 0)) {
    throw new UsageError(`huber: found ${spec.huber}, expected a width above 0`);
  }
  return huberLoss(spec.huber);
}

/** Puts a term of each row of `[from, to)` at the start of `out`. */
type Terms = (rows: LossRows, out: Float64Array, from: number, to: number) => void;

/** Terms of so many rows at a time. */
const terms = new Float64Array(1024);

/**
 * Weighted mean of a term over all rows. A loss puts its terms in a loop of its own: called for each row it would leave
 * a boxed number behind.
 */
function meanOf(rows: LossRows, put: Terms): number {
  const { target, weight } = rows;
  let sum = 0;
  let total = 0;
  for (let from = 0; from < target.length; from += terms.length) {
    const to = Math.min(from + terms.length, target.length);
    put(rows, terms, from, to);
    for (let i = from; i < to; i++) {
      const w = weight.length ? weight[i] : 1;
      sum += w * terms[i - from];
      total += w;
    }
  }
  return sum / total;
}

function weightedMean(target: Float64Array, weight: Float64Array): number {
  return meanOf({ score: target, target, weight }, ({ target }, out, from, to) => {
    for (let i = from; i < to; i++) out[i - from] = target[i];
  });
}

const meanAbsolute = (rows: LossRows) =>
  meanOf(rows, ({ score, target }, out, from, to) => {
    for (let i = from; i < to; i++) out[i - from] = Math.abs(target[i] - score[i]);
  });

const squared: Loss = {
  metricName: "rmse",
  unitHessian: true,
  initial: weightedMean,
  derivatives({ score, target, weight, gradient, hessian, from, to }) {
    for (let i = from; i < to; i++) gradient[i] = target[i] - score[i];
    applyWeights(weight, gradient, hessian, from, to);
  },
  metric: (rows) =>
    Math.sqrt(meanOf(rows, ({ score, target }, out, from, to) => {
      for (let i = from; i < to; i++) {
        out[i - from] = (target[i] - score[i]) * (target[i] - score[i]);
      }
    })),
  link: (score) => score,
};

function pinballLoss(quantile: number): Loss {
  // Reckoned for each row it would be boxed each time.
  const below = quantile - 1;
  return {
    metricName: "pinball",
    unitHessian: true,
    renewQuantile: quantile,
    initial: (target, weight) =>
      weightedQuantile(target.slice(), quantile, weight.length ? weight : undefined),
    derivatives({ score, target, weight, gradient, hessian, from, to }) {
      for (let i = from; i < to; i++) {
        gradient[i] = target[i] > score[i] ? quantile : target[i] < score[i] ? below : 0;
      }
      applyWeights(weight, gradient, hessian, from, to);
    },
    metric: (rows) =>
      meanOf(rows, ({ score, target }, out, from, to) => {
        for (let i = from; i < to; i++) {
          const off = target[i] - score[i];
          out[i - from] = (off >= 0 ? quantile : below) * off;
        }
      }),
    link: (score) => score,
  };
}

function huberLoss(width: number): Loss {
  return {
    metricName: "huber",
    unitHessian: true,
    initial: (target, weight) => huberCentre(target, weight, width),
    derivatives({ score, target, weight, gradient, hessian, from, to }) {
      for (let i = from; i < to; i++) {
        gradient[i] = Math.max(-width, Math.min(width, target[i] - score[i]));
      }
      applyWeights(weight, gradient, hessian, from, to);
    },
    metric: (rows) =>
      meanOf(rows, ({ score, target }, out, from, to) => {
        for (let i = from; i < to; i++) {
          const size = Math.abs(target[i] - score[i]);
          out[i - from] = size <= width ? 0.5 * size * size : width * (size - 0.5 * width);
        }
      }),
    link: (score) => score,
  };
}

/** Where the sum of the clipped residuals changes its sign, by bisection. */
function huberCentre(target: Float64Array, weight: Float64Array, width: number): number {
  let low = Infinity;
  let high = -Infinity;
  for (const y of target) {
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  for (let step = 0; step < 60 && low < high; step++) {
    const centre = low / 2 + high / 2;
    const pull = meanOf({ score: target, target, weight }, ({ target }, out, from, to) => {
      for (let i = from; i < to; i++) {
        out[i - from] = Math.max(-width, Math.min(width, target[i] - centre));
      }
    });
    if (pull > 0) low = centre;
    else high = centre;
  }
  return low / 2 + high / 2;
}

const logistic: Loss = {
  metricName: "logloss",
  unitHessian: false,
  initial(target, weight) {
    const share = weightedMean(target, weight);
    // A target of one class only: a finite score all the same.
    const kept = Math.max(1e-12, Math.min(1 - 1e-12, share));
    return Math.log(kept / (1 - kept));
  },
  derivatives({ score, target, weight, gradient, hessian, from, to }) {
    for (let i = from; i < to; i++) {
      const p = sigmoid(score[i]);
      gradient[i] = target[i] - p;
      hessian[i] = Math.max(p * (1 - p), 1e-16);
    }
    scaleByWeights(weight, gradient, hessian, from, to);
  },
  // log(1 + exp(f)) - y f, written so that no exponential overflows.
  metric: (rows) =>
    meanOf(rows, ({ score, target }, out, from, to) => {
      for (let i = from; i < to; i++) {
        const f = score[i];
        out[i - from] = Math.max(f, 0) - target[i] * f + Math.log1p(Math.exp(-Math.abs(f)));
      }
    }),
  link: sigmoid,
  domain: { expected: "a number from 0 to 1", allows: (y) => y >= 0 && y <= 1 },
};

const poisson: Loss = {
  metricName: "poisson deviance",
  unitHessian: false,
  initial: (target, weight) => Math.log(Math.max(weightedMean(target, weight), 1e-12)),
  derivatives({ score, target, weight, gradient, hessian, from, to }) {
    for (let i = from; i < to; i++) {
      const rate = Math.exp(score[i]);
      gradient[i] = target[i] - rate;
      // Larger than the true exp(score), by a fixed factor, so that a step can't overshoot.
      hessian[i] = rate * POISSON_DAMPING;
    }
    scaleByWeights(weight, gradient, hessian, from, to);
  },
  metric: (rows) =>
    meanOf(rows, ({ score, target }, out, from, to) => {
      for (let i = from; i < to; i++) {
        const f = score[i], y = target[i];
        out[i - from] = 2 * ((y > 0 ? y * (Math.log(y) - f) : 0) - y + Math.exp(f));
      }
    }),
  link: Math.exp,
  domain: { expected: "a number of at least 0", allows: (y) => y >= 0 },
};

/** Factor on the Poisson loss's second derivative (exp(0.7), the customary damping). */
export const POISSON_DAMPING = Math.exp(0.7);

/** 1 / (1 + exp(-score)). */
export function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

/** Unit second derivatives: the weight is the second derivative. */
function applyWeights(
  weight: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
  from: number,
  to: number,
): void {
  if (weight.length === 0) return;
  for (let i = from; i < to; i++) {
    gradient[i] *= weight[i];
    hessian[i] = weight[i];
  }
}

function scaleByWeights(
  weight: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
  from: number,
  to: number,
): void {
  if (weight.length === 0) return;
  for (let i = from; i < to; i++) {
    gradient[i] *= weight[i];
    hessian[i] *= weight[i];
  }
}

/** @throws {InputError} for the first target that the loss does not allow. */
export function checkTarget(loss: Loss, target: Float64Array): void {
  if (!loss.domain) return;
  const bad = target.findIndex((y) => !loss.domain!.allows(y));
  if (bad >= 0) {
    throw new InputError({
      line: bad + 1,
      field: "target",
      found: target[bad],
      expected: loss.domain.expected,
    });
  }
}
