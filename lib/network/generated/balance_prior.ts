/**
 * How channels' balances lie when one knows no more than the capacity: the local fraction is
 * Beta(1/4, 1/4) distributed, U-shaped. A quarter of channels then stand below 5 % and a quarter
 * above 95 %, as among the channels of a real routing node (22 and 21 of 84).
 */

/** Steps of the table over t = x^(1/4), x from 0 to 1/2. */
const STEPS = 2048;
const LAST_T = 0.5 ** 0.25;
const TABLE = cumulativeTable();

/**
 * The table holds P(X <= x) at equal steps of t = x^(1/4). With that substitution the density
 * x^(-3/4) (1-x)^(-3/4) becomes 4 (1 - t^4)^(-3/4), which is smooth; integrated by Simpson's rule
 * and scaled so that half the mass lies below 1/2.
 */
function cumulativeTable(): Float64Array {
  const table = new Float64Array(STEPS + 1);
  const density = (t: number) => (1 - t ** 4) ** -0.75;
  const width = LAST_T / STEPS;
  for (let i = 1; i <= STEPS; i++) {
    const left = (i - 1) * width;
    table[i] = table[i - 1] +
      width / 6 * (density(left) + 4 * density(left + width / 2) + density(left + width));
  }
  const scale = 0.5 / table[STEPS];
  return table.map((value) => value * scale);
}

/** P(X <= x) for x in [0, 1/2]. */
function lowerHalf(x: number): number {
  const position = Math.sqrt(Math.sqrt(x)) * (STEPS / LAST_T);
  const index = position | 0;
  if (index >= STEPS) return 0.5;
  return TABLE[index] + (TABLE[index + 1] - TABLE[index]) * (position - index);
}

/** The chance that at least the fraction `x` of a channel's capacity is on the near side; 1 for x <= 0, 0 for x > 1. */
export function priorAtLeast(x: number): number {
  if (x <= 0) return 1;
  if (x > 1) return 0;
  return x <= 0.5 ? 1 - lowerHalf(x) : lowerHalf(1 - x);
}

/** Equal steps of a fraction, for a first look. */
const COARSE_STEPS = 1024;
/** {@linkcode priorAtLeast} where each step begins; at 1 as just before it. */
const COARSE_TABLE = Float64Array.from(
  { length: COARSE_STEPS + 1 },
  (_, step) => priorAtLeast(Math.min(step, COARSE_STEPS - 1) / COARSE_STEPS),
);

/** {@linkcode priorAtLeast} of `x`, 0 or more, is at most this: a quick look at a coarse table. */
export function priorAtMost(x: number): number {
  return COARSE_TABLE[Math.min(COARSE_STEPS, x * COARSE_STEPS) | 0];
}

/** The fraction below which a share `u`, 0 to 1, of channels stands. */
export function priorQuantile(u: number): number {
  if (u > 0.5) return 1 - priorQuantile(1 - u);
  let low = 0, high = STEPS;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (TABLE[middle] <= u) low = middle;
    else high = middle;
  }
  const t = (low + (u - TABLE[low]) / (TABLE[high] - TABLE[low])) * (LAST_T / STEPS);
  return Math.min(0.5, t ** 4);
}
