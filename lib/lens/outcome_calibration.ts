import type { PlanCalibration } from "../planning/mod.ts";
import { LogisticCalibration, logOdds } from "./logistic_calibration.ts";

/** What confidence is asked for. */
type Computed = Parameters<PlanCalibration["confidence"]>[0];

/** Before anything was judged: gains come out at this part of what is computed, as in simulations. */
const PRIOR_FACTOR = 0.7;
/** Judged gains of the usual size that the prior counts for. */
const PRIOR_COUNT = 15;
/** A single result counts for at most so many times what was expected: one lucky payment decides nothing. */
const MOST_RATIO = 4;
/** Bounds of the factor. */
const FACTOR_RANGE = [0.1, 1.2] as const;
/**
 * Confidence before anything was judged: constant, log-odds of the chance, logarithm of gain over
 * fee, and what differs where a suggestion was judged without having been carried out.
 */
const CONFIDENCE_PRIOR = [0.1, 0.1, 0.2, 0];

/** What a suggestion that was not carried out counts for, against one that was. */
const SHADOW_WEIGHT = 0.1;
/** Outcomes that the prior of confidence counts for. */
const CONFIDENCE_STRENGTH = 60;

/** Earned over computed: their sum and number. */
interface Ratios {
  sum: number;
  count: number;
}

/**
 * Corrects what the planner computes by what came of it. What is picked for its large gain has,
 * more often than not, been overestimated (the winner's curse): the factor is learned by size of
 * the gain, each size leaning on all. The chance that a rebalance pays for itself is recalibrated
 * by logistic regression.
 */
export class OutcomeCalibration implements PlanCalibration {
  readonly #confidence = new LogisticCalibration({
    prior: CONFIDENCE_PRIOR,
    priorStrength: CONFIDENCE_STRENGTH,
  });
  readonly #bySize = new Map<number, Ratios>();
  readonly #all: Ratios = { sum: 0, count: 0 };

  gainFactor(gainMsat: number): number {
    if (gainMsat <= 0) return 1;
    const overall = leaning(this.#all, PRIOR_FACTOR);
    const own = this.#bySize.get(sizeOf(gainMsat));
    const factor = own === undefined ? overall : leaning(own, overall);
    return Math.min(FACTOR_RANGE[1], Math.max(FACTOR_RANGE[0], factor));
  }

  confidence(computed: Computed): number {
    return this.#confidence.probability([...features(computed), 0]);
  }

  /** Learns what a rebalance earned, as against the gain that was computed. */
  learnGain(gainMsat: number, earnedMsat: number): void {
    if (gainMsat <= 0) return;
    const size = sizeOf(gainMsat);
    let own = this.#bySize.get(size);
    if (own === undefined) {
      this.#bySize.set(size, own = { sum: 0, count: 0 });
    }
    // Ratios, not sums: otherwise the one largest rebalance would decide for all.
    const ratio = Math.min(MOST_RATIO, Math.max(-1, earnedMsat / gainMsat));
    for (const ratios of [own, this.#all]) {
      ratios.sum += ratio;
      ratios.count++;
    }
  }

  /**
   * Learns whether a rebalance paid for itself; `shown` is what confidence was asked for. What was
   * carried out moves a part of the amount as a rule, the part that pays best: it comes out better
   * than what was judged as if all had moved.
   */
  learnPaid(shown: Computed, { paid, carriedOut }: { paid: boolean; carriedOut: boolean }): void {
    const weight = carriedOut ? 1 : SHADOW_WEIGHT;
    this.#confidence.learn([...features(shown), carriedOut ? 0 : 1], paid ? 1 : 0, weight);
  }
}

function leaning({ sum, count }: Ratios, prior: number): number {
  return (sum + PRIOR_COUNT * prior) / (count + PRIOR_COUNT);
}

/** Gains within a factor of 4 count as one size. */
function sizeOf(gainMsat: number): number {
  return Math.floor(Math.log2(gainMsat) / 2);
}

function features({ chance, gainMsat, feeMsat }: Computed): number[] {
  // A chance of nearly nothing says only that the forecast sees no outflow; the past may know some.
  const known = Math.min(0.95, Math.max(0.05, chance));
  return [logOdds(known), Math.log(Math.max(1, gainMsat) / Math.max(1, feeMsat))];
}
