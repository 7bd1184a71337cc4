import { weightedQuantile } from "../gbt/mod.ts";
import { FEATURE_NAMES, type FeatureTable, QUANTILE_LEVELS } from "../liquidity/mod.ts";
import type { NeedFactors } from "./baseline_forecaster.ts";
import { meetableNeed } from "./forecaster.ts";
import { type Side, SIDES } from "./reference_scale.ts";

const CAPACITY = FEATURE_NAMES.indexOf("capacity");

/** A channel's own past need in some sense, sat, by row of a table. */
export type PastNeed = (side: Side, row: number) => number;

/**
 * The factors on a past need that have the least pinball loss in satoshis on the rows given: for
 * each level the weighted quantile of need over past need, the past need being the weight. Rows
 * without a past need have no say, since no factor changes their forecast.
 */
export function fitBaselineFactors(
  table: FeatureTable,
  rows: readonly number[],
  past: PastNeed,
): NeedFactors {
  const fit = (side: Side) => {
    const need = needs(table, side);
    const known = rows.filter((row) => past(side, row) > 0);
    const weights = new Float64Array(known.length);
    for (let i = 0; i < known.length; i++) weights[i] = past(side, known[i]);
    return QUANTILE_LEVELS.map((level) => {
      const ratios = new Float64Array(known.length);
      for (let i = 0; i < known.length; i++) ratios[i] = need[known[i]] / weights[i];
      return known.length === 0 ? 0 : weightedQuantile(ratios, level, weights);
    });
  };
  const [outbound, inbound] = SIDES.map(fit);
  return { outbound, inbound };
}

/** The needs of one side, by row, sat, as far as the capacity can meet them. */
export function needs(table: FeatureTable, side: Side): Float64Array {
  const all = side === "outbound" ? table.outboundNeedSat : table.inboundNeedSat;
  const width = table.featureNames.length;
  return all.map((need, row) => meetableNeed(need, table.x[row * width + CAPACITY]));
}
