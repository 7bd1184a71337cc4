import type { Matrix } from "../gbt/mod.ts";
import type { DemandForecast } from "../liquidity/mod.ts";
import type { NeedReason } from "./explain.ts";
import type { Side } from "./reference_scale.ts";

/** Whatever forecasts demand from features: a trained model or a baseline. */
export interface Forecaster {
  readonly id: string;
  readonly horizonMs: number;
  /**
   * One forecast a row.
   *
   * @param vectors rows of `FEATURE_NAMES`
   * @param capacitiesSat capacity by row; NaN where unknown
   */
  predict(vectors: Matrix, capacitiesSat: ArrayLike<number>): DemandForecast[];
  /**
   * What moves a forecast need most, strongest first; none where it can't be told.
   *
   * @param vector one row of `FEATURE_NAMES`
   */
  explain?(side: Side, vector: ArrayLike<number>): NeedReason[];
}

/** Needs and their forecasts below this count as none: nothing that anyone would rebalance for. */
export const LEAST_NEED_SAT = 1000;

/**
 * The part of a need that a balance can meet: no more than the capacity, where that is known. What
 * is forecast and scored is this part; beyond it no balance helps.
 */
export function meetableNeed(needSat: number, capacitySat: number): number {
  return needSat > capacitySat ? capacitySat : needSat;
}

/**
 * Quantiles made fit for use: not negative, ascending, none below
 * {@linkcode LEAST_NEED_SAT} but 0, none above the capacity where that is known.
 */
export function tidyQuantiles(values: Iterable<number>, capacitySat: number): number[] {
  return [...values]
    .map((value) => value < LEAST_NEED_SAT ? 0 : meetableNeed(value, capacitySat))
    .sort((a, b) => a - b);
}
