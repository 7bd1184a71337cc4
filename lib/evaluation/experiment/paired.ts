/** A mean and its 95 % interval. */
export interface Interval {
  mean: number;
  low: number;
  high: number;
}

/** Quantiles 0.975 of Student's t with 1 to 30 degrees of freedom. */
// deno-fmt-ignore
const T_975 = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
  2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860,
  2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
];
const Z_975 = 1.959964;

/** The quantile 0.975 of Student's t; beyond the table by Cornish and Fisher's expansion. */
export function tQuantile975(degrees: number): number {
  if (degrees < 1) return Infinity;
  const z = Z_975;
  return T_975[degrees - 1] ??
    z + (z ** 3 + z) / (4 * degrees) +
      (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}

/**
 * Mean of `values` with Student's t interval. With a single value nothing is known of its spread:
 * the interval is infinite.
 */
export function meanInterval(values: readonly number[]): Interval {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, low: -Infinity, high: Infinity };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const half = tQuantile975(count - 1) * Math.sqrt(variance / count);
  return { mean, low: mean - half, high: mean + half };
}
