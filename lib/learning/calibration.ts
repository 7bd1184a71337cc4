import { weightedQuantile } from "../gbt/mod.ts";
import { QUANTILE_LEVELS } from "../liquidity/mod.ts";

/** Factors are held within this of 1: a validation part that differs more says that it is odd. */
const MOST = 1.5;
/** Rows below which a level is left as it is. */
const LEAST_ROWS = 50;

/**
 * One factor for each level by which forecasts are multiplied, so that on rows that were not
 * trained on the share of needs at or below the forecast is the level, satoshi by satoshi:
 * split-conformal calibration with the ratio of need to forecast as the score and the forecast as
 * the weight. So weighted, it is also the factor of least pinball loss, and the many channels that
 * nearly nothing is forecast for don't decide for those that matter.
 *
 * @param forecasts one array a level, sat, by row
 * @param actual sat, by row
 */
export function conformalFactors(
  forecasts: readonly Float64Array[],
  actual: Float64Array,
): number[] {
  return QUANTILE_LEVELS.map((level, l) => {
    const rows: number[] = [];
    forecasts[l].forEach((forecast, row) => {
      if (forecast > 0) rows.push(row);
    });
    if (rows.length < LEAST_ROWS) return 1;
    const weights = Float64Array.from(rows, (row) => forecasts[l][row]);
    const ratios = weights.map((forecast, i) => actual[rows[i]] / forecast);
    // The finite-sample level of split-conformal prediction.
    const share = Math.min(1, level * (1 + 1 / rows.length));
    return Math.min(MOST, Math.max(1 / MOST, weightedQuantile(ratios, share, weights)));
  });
}
