/** Vectors in one allocation. */
const ROWS = 256;

/**
 * Gives out vectors that share allocations. A hundred thousand small ones, each allocated by itself
 * and let go of days later, would leave the memory in shreds that the system never gets back. A
 * whole slab is freed when the last of its vectors is: those that are taken together should be let
 * go of together.
 */
export class VectorSlab {
  #slab = new Float64Array(0);
  #next = 0;

  /** @param width numbers in a vector, 1 or more */
  constructor(private readonly width: number) {}

  /** A vector of zeros that nobody else has. */
  take(): Float64Array<ArrayBuffer> {
    if (this.#next === this.#slab.length) {
      this.#slab = new Float64Array(ROWS * this.width);
      this.#next = 0;
    }
    return this.#slab.subarray(this.#next, this.#next += this.width);
  }
}
