import { weightedQuantile } from "../gbt/mod.ts";
import { QUANTILE_LEVELS } from "../liquidity/mod.ts";

/** Factors are held within this of 1: a validation part that differs more says that it is odd. */
const MOST = 1.5;
/** Rows below which a level is left as it is. */
const LEAST_ROWS = 50;

/**
 * One factor for each level by which forecasts are multiplied, so that on the rows given the share
 * of needs at or below the forecast is the level: split-conformal calibration with the ratio of
 * need to forecast as the score. Rows whose forecast is nothing have no ratio and stay as they are.
 *
 * @param forecasts one array a level, sat, by row
 * @param actual sat, by row
 */
export function conformalFactors(
  forecasts: readonly Float64Array[],
  actual: Float64Array,
): number[] {
  return QUANTILE_LEVELS.map((level, l) => {
    const ratios: number[] = [];
    forecasts[l].forEach((forecast, row) => {
      if (forecast > 0) ratios.push(actual[row] / forecast);
    });
    if (ratios.length < LEAST_ROWS) return 1;
    // The finite-sample level of split-conformal prediction.
    const share = Math.min(1, level * (1 + 1 / ratios.length));
    const factor = weightedQuantile(Float64Array.from(ratios), share);
    return Math.min(MOST, Math.max(1 / MOST, factor));
  });
}
