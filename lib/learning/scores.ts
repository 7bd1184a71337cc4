import {
  type AmountQuantiles,
  chanceOfNone,
  type DemandForecast,
  QUANTILE_LEVELS,
} from "../liquidity/mod.ts";
import { LEAST_NEED_SAT } from "./forecaster.ts";
import { SIDES } from "./reference_scale.ts";

/** Pinball loss of one quantile forecast: `level` times what is above, the rest times below. */
export function pinballLoss(level: number, actual: number, forecast: number): number {
  return actual > forecast ? level * (actual - forecast) : (1 - level) * (forecast - actual);
}

/** Mean pinball loss over all levels, sat. */
export function meanPinball(actual: number, quantiles: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < QUANTILE_LEVELS.length; i++) {
    sum += pinballLoss(QUANTILE_LEVELS[i], actual, quantiles[i]);
  }
  return sum / QUANTILE_LEVELS.length;
}

/** What became of the forecast window. Needs as far as the capacity can meet them. */
export interface ActualNeeds {
  outboundNeedSat: number;
  inboundNeedSat: number;
  feesAtStakeMsat: number;
}

const SCORE_LABELS: Record<string, string> = {
  model: "this model",
  ewma_fitted: "weighted mean, fitted",
  persistence_fitted: "last window, fitted",
  ewma: "weighted mean",
  persistence: "last window repeated",
  fifty_fifty: "50/50",
  present_ratio: "present ratio",
};

/** What people call a forecaster whose scores a model file holds; its name where it is unknown. */
export function scoreLabel(name: string): string {
  return SCORE_LABELS[name] ?? name;
}

/** How good forecasts were. */
export interface ForecastScore {
  rows: number;
  /** Mean pinball loss over levels and both sides, sat. */
  pinballSat: number;
  /** Mean absolute error of the median, both sides, sat. */
  medianErrorSat: number;
  /**
   * Share of needs within the 80 % interval, both sides. Above 0.8 where channels often need
   * nothing: an interval that starts at nothing holds all of those.
   */
  coverage: number;
  /** The same where the interval does not start at nothing; NaN where it always does. */
  coverageActive: number;
  /**
   * Share of needs between the levels 0.1 and 0.9 of their forecast distribution, the chance of no
   * need counted as the mass at 0 that it is: a need of 0 counts by the part of that mass that lies
   * between the levels. 0.8 where forecasts are right, however often there is no need (the expected
   * share of randomised probability integral transforms within [0.1, 0.9]).
   */
  coverageMass: number;
  /** Mean absolute error of the fees at stake, msat. */
  feesErrorMsat: number;
}

/**
 * How much of a need lies between the lowest and the highest level of its forecast distribution, 0
 * to 1; see `ForecastScore.coverageMass`.
 */
export function coveredMass(needSat: number, quantiles: AmountQuantiles): number {
  const { sat } = quantiles;
  const [low, high] = [QUANTILE_LEVELS[0], QUANTILE_LEVELS[QUANTILE_LEVELS.length - 1]];
  const none = chanceOfNone(quantiles);
  if (needSat < LEAST_NEED_SAT) {
    return none > 0 ? Math.max(0, Math.min(none, high) - low) / none : 0;
  }
  return none < high && needSat >= sat[0] && needSat <= sat[sat.length - 1] ? 1 : 0;
}

/** Adds up {@linkcode ForecastScore} row by row. */
export class ScoreKeeper {
  #rows = 0;
  #pinball = 0;
  #median = 0;
  #covered = 0;
  #active = 0;
  #activeCovered = 0;
  #mass = 0;
  #fees = 0;

  add(actual: ActualNeeds, forecast: DemandForecast): void {
    this.#rows++;
    for (const side of SIDES) {
      const need = actual[`${side}NeedSat`];
      const { sat } = forecast[`${side}Need`];
      this.#pinball += meanPinball(need, sat);
      this.#median += Math.abs(need - sat[2]);
      const inside = need >= sat[0] && need <= sat[sat.length - 1] ? 1 : 0;
      this.#covered += inside;
      this.#mass += coveredMass(need, forecast[`${side}Need`]);
      if (sat[0] > 0) {
        this.#active++;
        this.#activeCovered += inside;
      }
    }
    this.#fees += Math.abs(actual.feesAtStakeMsat - forecast.feesAtStakeMsat);
  }

  score(): ForecastScore {
    const each = 2 * this.#rows;
    return {
      rows: this.#rows,
      pinballSat: this.#pinball / each,
      medianErrorSat: this.#median / each,
      coverage: this.#covered / each,
      coverageActive: this.#activeCovered / this.#active,
      coverageMass: this.#mass / each,
      feesErrorMsat: this.#fees / this.#rows,
    };
  }
}
