/** An estimate with its 95 % interval, from one value a seed. */
export interface Estimate {
  /** Mean over seeds. */
  value: number;
  /** Ends of the interval; NaN for a single seed, which tells nothing of chance. */
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
 * sign(x) ln(1 + |x| / scale): a logarithm that knows nothing and losses. Differences of it are ratios where
 * income is well above the scale, and stay finite where it is lost. A pooled sum would be ruled
 * by the one or two largest nodes.
 *
 * @param satPerDay net income
 */
export function signedLog(satPerDay: number): number {
  return Math.sign(satPerDay) * Math.log1p(Math.abs(satPerDay) / SIGNED_LOG_SCALE_SAT);
}

/**
 * Mean and Student's interval over seeds. A seed is one independent draw of traffic, balances and
 * operators; nodes of one seed share a network and are not independent, so their mean counts as one
 * observation. With ten seeds a bootstrap of clusters gives intervals that are too short, as it knows
 * no degrees of freedom; Student's is right where seed means are near normal, which means of
 * 25 nodes are.
 */
export function overSeeds(values: readonly number[]): Estimate {
  const seeds = values.length;
  const value = mean(values);
  const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  const half = seeds < 2
    ? NaN
    : studentQuantile(seeds - 1) * Math.sqrt(squares / (seeds - 1) / seeds);
  return {
    value,
    low: value - half,
    high: value + half,
    min: Math.min(...values),
    max: Math.max(...values),
    seeds,
  };
}

/** Upper 97.5 % points of Student's distribution for 1 to 12 degrees of freedom. */
const STUDENT_975 = [
  12.7062,
  4.30265,
  3.18245,
  2.77645,
  2.57058,
  2.44691,
  2.36462,
  2.306,
  2.26216,
  2.22814,
  2.20099,
  2.17881,
];
const NORMAL_975 = 1.959964;

/**
 * Upper 97.5 % point of Student's distribution: from the table, beyond it by the expansion about
 * the normal's (Abramowitz and Stegun 26.7.5), good to 1e-4 there.
 *
 * @param freedom degrees of freedom, 1 or more
 */
export function studentQuantile(freedom: number): number {
  if (freedom <= STUDENT_975.length) return STUDENT_975[freedom - 1];
  const z = NORMAL_975;
  return z + (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3);
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
