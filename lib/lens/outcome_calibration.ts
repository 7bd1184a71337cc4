import type { PlanCalibration } from "../planning/mod.ts";
import { LogisticCalibration, logOdds } from "./logistic_calibration.ts";

/** What confidence is asked for. */
type Computed = Parameters<PlanCalibration["confidence"]>[0];

/**
 * Confidence before anything was judged: constant, log-odds of the chance, logarithm of gain over
 * fee, logarithm of the amount, and what differs where a suggestion was judged without having been
 * carried out.
 */
const CONFIDENCE_PRIOR = [0.1, 0.1, 0.2, 0, 0];

/** What a suggestion that was not carried out counts for, against one that was. */
const SHADOW_WEIGHT = 0.02;
/** An amount whose logarithm is nothing: that of a usual suggestion. */
const USUAL_MSAT = 100_000_000;
/** A gain of more times the fee says no more: where fees are next to nothing any gain is. */
const MOST_RATIO = 10;
/** Outcomes that the prior of confidence counts for. */
const CONFIDENCE_STRENGTH = 60;

/**
 * Corrects the chance that a rebalance pays for itself by what came of earlier ones, by logistic
 * regression.
 */
export class OutcomeCalibration implements PlanCalibration {
  readonly #confidence = new LogisticCalibration({
    prior: CONFIDENCE_PRIOR,
    priorStrength: CONFIDENCE_STRENGTH,
  });

  confidence(computed: Computed): number {
    return this.#confidence.probability([...features(computed), 0]);
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

function features({ chance, gainMsat, feeMsat, amountMsat }: Computed): number[] {
  // A chance of nearly nothing says only that the forecast sees no outflow; the past may know some.
  const known = Math.min(0.95, Math.max(0.05, chance));
  const ratio = Math.max(1, gainMsat) / Math.max(1, feeMsat);
  const amount = Math.log(Math.max(1, amountMsat) / USUAL_MSAT);
  return [logOdds(known), Math.log(Math.min(MOST_RATIO, ratio)), amount];
}
