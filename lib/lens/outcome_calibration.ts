import type { ConfidenceBasis, PlanCalibration, Trial } from "../planning/mod.ts";
import { LogisticCalibration, logOdds } from "./logistic_calibration.ts";

/**
 * Confidence before anything was judged: constant, log-odds of the forecast's chance, log-odds of
 * what was tried on the past, and what differs where a suggestion was judged without having been
 * carried out. Fitted to judged suggestions of generated networks and of mainnet's core, each kind of
 * network counting the same (docs/planning.md).
 */
const CONFIDENCE_PRIOR = [0.77, 0.27, 0.7, -0.7];
/**
 * Outcomes that the prior of confidence counts for. They come in bunches, since what pays on a day
 * depends on the day, so many are needed before they say more than it.
 */
const CONFIDENCE_STRENGTH = 300;

/** What a suggestion that was not carried out counts for, against one that was. */
const SHADOW_WEIGHT = 0.02;
/** What a trial counts for against one that is a stretch newer. */
const TRIAL_DECAY = 0.7;
/** Trials that say yes, and as many that say no, that are taken to have been before all others. */
const TRIALS_BEFORE = 0.4;

/**
 * Turns what is known of a suggestion into the chance that it pays for itself, by logistic regression
 * on what came of earlier ones.
 */
export class OutcomeCalibration implements PlanCalibration {
  readonly #confidence = new LogisticCalibration({
    prior: CONFIDENCE_PRIOR,
    priorStrength: CONFIDENCE_STRENGTH,
  });

  confidence(computed: ConfidenceBasis): number {
    return this.#confidence.probability([...features(computed), 0]);
  }

  /**
   * Learns whether a rebalance paid for itself; `shown` is what confidence was asked for. What was
   * carried out moves a part of the amount as a rule, the part that pays best: it comes out better
   * than what was judged as if all had moved.
   */
  learnPaid(
    shown: ConfidenceBasis,
    { paid, carriedOut }: { paid: boolean; carriedOut: boolean },
  ): void {
    const weight = carriedOut ? 1 : SHADOW_WEIGHT;
    this.#confidence.learn([...features(shown), carriedOut ? 0 : 1], paid ? 1 : 0, weight);
  }
}

function features({ chance, tried }: ConfidenceBasis): number[] {
  // A chance of nearly nothing says only that the forecast sees no outflow; the past may know some.
  const known = Math.min(0.95, Math.max(0.05, chance));
  return [logOdds(known), triedLogOdds(tried)];
}

/** Log-odds of the share of trials that paid, newer ones counting for more; 0 without any. */
function triedLogOdds(tried: readonly Trial[]): number {
  let paid = TRIALS_BEFORE, not = TRIALS_BEFORE;
  tried.forEach(({ whole, half }, age) => {
    const share = (Number(whole) + Number(half)) / 2;
    paid += share * TRIAL_DECAY ** age;
    not += (1 - share) * TRIAL_DECAY ** age;
  });
  return Math.log(paid / not);
}
