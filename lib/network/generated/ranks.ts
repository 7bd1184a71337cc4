/** Order of values: `result[i]` is the mid-rank of `values[i]`, scaled to (0, 1). Ties share theirs. */
export function uniformRanks(values: ArrayLike<number>): Float64Array {
  const count = values.length;
  const order = Uint32Array.from({ length: count }, (_, index) => index)
    .sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(count);
  for (let start = 0; start < count;) {
    let end = start + 1;
    while (end < count && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + end) / 2 / count;
    start = end;
  }
  return ranks;
}

/**
 * Inverse of the standard normal distribution function (Acklam's rational approximation, relative
 * error below 1.2e-9).
 *
 * @param u in (0, 1)
 */
export function normalQuantile(u: number): number {
  if (u > 0.5) return -normalQuantile(1 - u);
  if (u < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(u));
    return horner(TAIL_TOP, q) / (horner(TAIL_BOTTOM, q) * q + 1);
  }
  const q = u - 0.5, r = q * q;
  return horner(MIDDLE_TOP, r) * q / (horner(MIDDLE_BOTTOM, r) * r + 1);
}

/** Standard normal distribution function, by the series of Abramowitz and Stegun 26.2.17 (error below 7.5e-8). */
export function normalShareBelow(z: number): number {
  if (z > 0) return 1 - normalShareBelow(-z);
  const t = 1 / (1 - 0.2316419 * z);
  const density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  return density * t * horner(SHARE, t);
}

function horner(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

const SHARE = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153];
const MIDDLE_TOP = [
  -3.969683028665376e1,
  2.209460984245205e2,
  -2.759285104469687e2,
  1.38357751867269e2,
  -3.066479806614716e1,
  2.506628277459239,
];
const MIDDLE_BOTTOM = [
  -5.447609879822406e1,
  1.615858368580409e2,
  -1.556989798598866e2,
  6.680131188771972e1,
  -1.328068155288572e1,
];
const TAIL_TOP = [
  -7.784894002430293e-3,
  -3.223964580411365e-1,
  -2.400758277161838,
  -2.549732539343734,
  4.374664141464968,
  2.938163982698783,
];
const TAIL_BOTTOM = [
  7.784695709041462e-3,
  3.224671290700398e-1,
  2.445134137142996,
  3.754408661907416,
];
