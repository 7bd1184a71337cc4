import { meanInterval } from "../../experiment/paired.ts";

/** An estimate with its 95 % interval, from one value a seed. */
export interface Estimate {
  /** Mean over seeds. */
  value: number;
  /** Ends of the interval; infinite for a single seed, which tells nothing of chance. */
  low: number;
  high: number;
  /** Least and greatest value of a seed. */
  min: number;
  max: number;
  seeds: number;
}

/** Income below this, sat a day, is told apart from none at a linear scale. */
export const SIGNED_LOG_SCALE_SAT = 10;

/**
 * sign(x) ln(1 + |x| / scale): a logarithm that knows nothing and losses. Differences of it are
 * ratios where income is well above the scale, and stay finite where it is lost. A pooled sum
 * would be ruled by the one or two largest nodes.
 *
 * @param satPerDay net income
 */
export function signedLog(satPerDay: number): number {
  return Math.sign(satPerDay) * Math.log1p(Math.abs(satPerDay) / SIGNED_LOG_SCALE_SAT);
}

/**
 * Mean and Student's interval over seeds. A seed is one independent draw of traffic, balances
 * and operators; nodes of one seed share a network and are not independent, so their mean counts
 * as one observation. With ten seeds a bootstrap of clusters gives intervals that are too short,
 * as it knows no degrees of freedom; Student's is right where seed means are near normal, which
 * means of 25 nodes are.
 */
export function overSeeds(values: readonly number[]): Estimate {
  const { mean: value, low, high } = meanInterval(values);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return { value, low, high, min, max, seeds: values.length };
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** The middle value; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
