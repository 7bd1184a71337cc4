import { type DemandForecast, QUANTILE_LEVELS } from "../liquidity/mod.ts";
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
  /** Mean absolute error of the fees at stake, msat. */
  feesErrorMsat: number;
}

/** Adds up {@linkcode ForecastScore} row by row. */
export class ScoreKeeper {
  #rows = 0;
  #pinball = 0;
  #median = 0;
  #covered = 0;
  #active = 0;
  #activeCovered = 0;
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
      feesErrorMsat: this.#fees / this.#rows,
    };
  }
}
