import type { Rng } from "../../core/mod.ts";

/** Draws indices with chances in proportion to fixed weights, in O(log n). */
export class WeightedDraw {
  readonly #sums: Float64Array;

  /** @param weights 0 or more, at least one above */
  constructor(weights: ArrayLike<number>) {
    let sum = 0;
    this.#sums = Float64Array.from(weights, (weight) => sum += weight);
    if (!(sum > 0)) throw new RangeError("weights: expected at least one above 0");
  }

  draw(rng: Rng): number {
    const sums = this.#sums;
    const target = rng.float() * sums[sums.length - 1];
    let low = 0, high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] > target) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
