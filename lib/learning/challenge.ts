import { formatPercent } from "../core/mod.ts";
import { type FeatureTable, takeTableRows } from "../liquidity/mod.ts";
import type { Forecaster } from "./forecaster.ts";
import { meanPinball } from "./scores.ts";

/** The challenger's loss must be lower by this share. */
const LEAST_GAIN = 0.005;
/** One-sided 95 % of the normal distribution. */
const Z_95 = 1.645;

/** How a challenger compares with the champion on the same rows. */
export interface Challenge {
  rows: number;
  channels: number;
  /** Mean pinball losses, sat. */
  challengerSat: number;
  championSat: number;
  /** Share by which the challenger's total loss is lower; negative where it is higher. */
  gain: number;
  /**
   * Lower end of the 95 % interval of the mean over channels of each channel's own gain, -1 to 1:
   * there no channel counts for much more than another, however much it moves.
   */
  typicalLow: number;
  better: boolean;
  /** The verdict with its numbers. */
  reason: string;
}

/**
 * Compares two forecasters on rows that neither was trained on, row by row. The challenger is
 * better when its total loss is lower by at least half a percent, and not by the luck of a few
 * channels: the interval of the channels' own gains must lie above zero too.
 */
export function challenge(
  table: FeatureTable,
  rows: readonly number[],
  { challenger, champion }: { challenger: Forecaster; champion: Forecaster },
): Challenge {
  const part = takeTableRows(table, rows);
  const ours = rowLosses(part, challenger), theirs = rowLosses(part, champion);
  const challengerSat = mean(ours), championSat = mean(theirs);
  const gain = championSat > 0 ? (championSat - challengerSat) / championSat : 0;
  const gains = channelGains(part, ours, theirs);
  const centre = mean(gains);
  const variance = gains.reduce((sum, g) => sum + (g - centre) ** 2, 0) /
    Math.max(1, gains.length - 1);
  const typicalLow = gains.length < 2 ? -1 : centre - Z_95 * Math.sqrt(variance / gains.length);
  const better = gain >= LEAST_GAIN && typicalLow > 0;
  const verdict = `${formatPercent(Math.abs(gain))} ${gain < 0 ? "higher" : "lower"} loss than ` +
    `${champion.id} on ${part.rows} held-out samples of ${gains.length} channels; ` +
    `a channel's own gain is ${formatPercent(centre)} on average, ` +
    `at least ${formatPercent(typicalLow)} with 95 %`;
  return {
    rows: part.rows,
    channels: gains.length,
    challengerSat,
    championSat,
    gain,
    typicalLow,
    better,
    reason: better ? verdict : `${verdict}: not enough to replace it`,
  };
}

/**
 * Of each channel, the gain over the larger of both losses, -1 to 1. Where next to nothing is lost
 * either way, next to nothing is gained: a tenth of the average channel's loss is added below.
 */
function channelGains(table: FeatureTable, ours: Float64Array, theirs: Float64Array): number[] {
  const sums = new Map<string, { ours: number; theirs: number }>();
  for (let row = 0; row < table.rows; row++) {
    const key = `${table.nodes[row]}/${table.channelIds[row]}`;
    const sum = sums.get(key) ?? { ours: 0, theirs: 0 };
    sum.ours += ours[row];
    sum.theirs += theirs[row];
    sums.set(key, sum);
  }
  const all = [...sums.values()];
  const floor = 0.1 * mean(all.map((sum) => sum.theirs));
  return all.map((sum) => {
    const larger = Math.max(sum.ours, sum.theirs);
    return larger === 0 ? 0 : (sum.theirs - sum.ours) / (larger + floor);
  });
}

function rowLosses(table: FeatureTable, forecaster: Forecaster): Float64Array {
  const columns = table.featureNames.length;
  const capacities = Float64Array.from(
    { length: table.rows },
    (_, row) => table.x[row * columns],
  );
  const forecasts = forecaster.predict({ data: table.x, rows: table.rows, columns }, capacities);
  return Float64Array.from(forecasts, ({ outboundNeed, inboundNeed }, row) => {
    const most = capacities[row] > 0 ? capacities[row] : Infinity;
    return (meanPinball(Math.min(most, table.outboundNeedSat[row]), outboundNeed.sat) +
      meanPinball(Math.min(most, table.inboundNeedSat[row]), inboundNeed.sat)) / 2;
  });
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return values.length === 0 ? 0 : sum / values.length;
}
