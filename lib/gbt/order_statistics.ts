/**
 * The `quantile` (0 to 1) of `values` with positive `weights` (all 1 when left out): the least value
 * at which the weights of all values up to it reach that share of the total. The result does not
 * depend on the order of the rows.
 *
 * `values` is reordered when there are no weights. Empty input gives NaN.
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
  const order = Uint32Array.from(values, (_, i) => i);
  order.sort((a, b) => values[a] - values[b] || weights[a] - weights[b]);
  let total = 0;
  for (const i of order) total += weights[i];
  let reached = 0;
  for (const i of order) {
    reached += weights[i];
    if (reached >= quantile * total) return values[i];
  }
  return values[order[n - 1]];
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
