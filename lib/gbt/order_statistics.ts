/**
 * The `quantile` (0 to 1) of `values` with positive `weights` (all 1 when left out): the least value
 * at which the weights of all values up to it reach that share of the total. The result does not
 * depend on the order of the rows.
 *
 * `values` is reordered. Empty input gives NaN.
 */
export function weightedQuantile(
  values: Float64Array,
  quantile: number,
  weights?: Float64Array,
): number {
  const n = values.length;
  if (n === 0) return NaN;
  if (!weights) {
    return select(values, Math.max(0, Math.min(n - 1, Math.ceil(quantile * n) - 1)));
  }
  const whole = wholeWeights(weights);
  let total = 0;
  for (let i = 0; i < n; i++) total += whole[i];
  return selectWeighted(values, whole, quantile * total);
}

/**
 * Weights as whole numbers, as large as their sum can be held exactly: then sums don't depend on
 * the order. The factor is a power of two, so that whole weights keep their ratios.
 */
function wholeWeights(weights: Float64Array): Float64Array {
  let greatest = 0;
  for (let i = 0; i < weights.length; i++) greatest = Math.max(greatest, weights[i]);
  const bits = 52 - Math.ceil(Math.log2(weights.length));
  const factor = 2 ** (bits - Math.ceil(Math.log2(greatest)));
  const whole = new Float64Array(weights.length);
  for (let i = 0; i < whole.length; i++) whole[i] = Math.round(weights[i] * factor);
  return whole;
}

/** The least value up to which the weights reach `wanted`; reorders both arrays. */
function selectWeighted(values: Float64Array, weights: Float64Array, wanted: number): number {
  let low = 0;
  let high = values.length - 1;
  // The weight of all values before `low`.
  let before = 0;
  while (low < high) {
    const pivot = medianOfThree(values[low], values[(low + high) >> 1], values[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) {
        const value = values[i], weight = weights[i];
        values[i] = values[j];
        weights[i++] = weights[j];
        values[j] = value;
        weights[j--] = weight;
      }
    }
    let reached = before;
    for (let k = low; k <= j; k++) reached += weights[k];
    if (reached >= wanted) {
      high = j;
      continue;
    }
    for (let k = j + 1; k < i; k++) reached += weights[k];
    if (reached >= wanted) return pivot;
    before = reached;
    low = i;
  }
  return values[Math.min(low, values.length - 1)];
}

/** The value that has index `k` in ascending order; reorders `values` (Hoare's selection). */
export function select(values: Float64Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = medianOfThree(values[low], values[(low + high) >> 1], values[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) {
        const swap = values[i];
        values[i++] = values[j];
        values[j--] = swap;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return values[k];
  }
  return values[k];
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
