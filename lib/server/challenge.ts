import { formatPercent } from "../core/mod.ts";
import { type FeatureTable, takeTableRows } from "../liquidity/mod.ts";
import { type Forecaster, meanPinball } from "../learning/mod.ts";

/** The challenger's loss must be lower by this share. */
const LEAST_GAIN = 0.005;
/** One-sided 95 % of the normal distribution. */
const Z_95 = 1.645;

/** How a challenger compares with the champion on the same rows. */
export interface Challenge {
  rows: number;
  /** Mean pinball losses, sat. */
  challengerSat: number;
  championSat: number;
  /** Share by which the challenger's loss is lower; negative where it is higher. */
  gain: number;
  /** Lower end of the 95 % interval of `gain`; channels are the units that vary. */
  gainLow: number;
  better: boolean;
  /** The verdict with its numbers. */
  reason: string;
}

/**
 * Compares two forecasters on rows that neither was trained on, row by row. The challenger is
 * better when its loss is lower by at least half a percent and the interval of the difference,
 * over channels, lies on its side of zero.
 */
export function challenge(
  table: FeatureTable,
  rows: readonly number[],
  { challenger, champion }: { challenger: Forecaster; champion: Forecaster },
): Challenge {
  const part = takeTableRows(table, rows);
  const ours = rowLosses(part, challenger), theirs = rowLosses(part, champion);
  const challengerSat = mean(ours), championSat = mean(theirs);
  // Rows of one channel resemble each other: the channels' sums are what varies independently.
  const sums = new Map<string, number>();
  for (let row = 0; row < part.rows; row++) {
    const key = `${part.nodes[row]}/${part.channelIds[row]}`;
    sums.set(key, (sums.get(key) ?? 0) + theirs[row] - ours[row]);
  }
  const differences = [...sums.values()];
  const centre = mean(differences);
  const variance = differences.reduce((sum, d) => sum + (d - centre) ** 2, 0) /
    Math.max(1, differences.length - 1);
  const lowSat = (centre - Z_95 * Math.sqrt(variance / differences.length)) * differences.length /
    part.rows;
  const gain = championSat > 0 ? (championSat - challengerSat) / championSat : 0;
  const gainLow = championSat > 0 ? lowSat / championSat : 0;
  const better = gain >= LEAST_GAIN && gainLow > 0;
  const verdict = `${formatPercent(Math.abs(gain))} ${gain < 0 ? "higher" : "lower"} loss than ` +
    `${champion.id} on ${part.rows} held-out samples (at least ${formatPercent(gainLow)} lower ` +
    "with 95 %)";
  const reason = better ? verdict : `${verdict}: not enough to replace it`;
  return { rows: part.rows, challengerSat, championSat, gain, gainLow, better, reason };
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
