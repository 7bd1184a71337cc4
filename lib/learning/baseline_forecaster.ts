import { DAY_MS } from "../core/mod.ts";
import type { Matrix } from "../gbt/mod.ts";
import { type DemandForecast, QUANTILE_LEVELS } from "../liquidity/mod.ts";
import { type Forecaster, tidyQuantiles } from "./forecaster.ts";
import { ownFeesMsat, ownNeedSat, type Side } from "./reference_scale.ts";

/** Factors on a channel's own past need, one for each level of `QUANTILE_LEVELS`. */
export type NeedFactors = Record<Side, readonly number[]>;

/**
 * Factors where nothing was fitted: rounded from what fitting gives on the data of `generate`. On a
 * real routing node with many idle channels it gave less, on ten busy channels more: a model's own
 * baseline is fitted on its training rows instead.
 */
export const DEFAULT_FACTORS: NeedFactors = {
  outbound: [0, 0.05, 0.3, 0.8, 1.5],
  inbound: [0, 0.05, 0.3, 0.8, 1.5],
};

/** Settings of a {@linkcode BaselineForecaster}. */
export interface BaselineOptions {
  horizonMs: number;
  factors: NeedFactors;
}

/**
 * Forecasts without a model: a channel's own past need, weighted towards the recent, times a
 * factor for each level. What the lens starts with, and what every model must beat.
 *
 * @example
 * ```ts
 * import { BaselineForecaster } from "../../lib/learning/mod.ts";
 * import { FEATURE_NAMES } from "../../lib/liquidity/mod.ts";
 * const data = new Float64Array(FEATURE_NAMES.length);
 * data[FEATURE_NAMES.indexOf("daily_outbound_need_mean")] = 400_000;
 * const vectors = { data, rows: 1, columns: data.length };
 * const [forecast] = new BaselineForecaster().predict(vectors, [2_000_000]);
 * // Half of the mean of the days counts, times 1.5 at the highest level.
 * if (forecast.outboundNeed.sat[4] !== 300_000) throw new Error("the past, scaled");
 * ```
 */
export class BaselineForecaster implements Forecaster {
  readonly id = "baseline";
  readonly horizonMs: number;
  readonly factors: NeedFactors;

  constructor(options: Partial<BaselineOptions> = {}) {
    this.horizonMs = options.horizonMs ?? DAY_MS;
    this.factors = options.factors ?? DEFAULT_FACTORS;
  }

  predict(vectors: Matrix, capacitiesSat: ArrayLike<number>): DemandForecast[] {
    return Array.from({ length: vectors.rows }, (_, row) => {
      const at = { offset: row * vectors.columns, horizonMs: this.horizonMs };
      const need = (side: Side) => {
        const own = ownNeedSat(side, vectors.data, at);
        const values = QUANTILE_LEVELS.map((_, level) => own * this.factors[side][level]);
        return { sat: tidyQuantiles(values, capacitiesSat[row]) };
      };
      return {
        horizonMs: this.horizonMs,
        outboundNeed: need("outbound"),
        inboundNeed: need("inbound"),
        feesAtStakeMsat: ownFeesMsat(vectors.data, at),
      };
    });
  }
}
