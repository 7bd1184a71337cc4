import { type FeatureBins, findBins } from "./bin_edges.ts";
import { packBins, wordsPerRow } from "./bin_words.ts";
import type { Matrix } from "./matrix.ts";

/** Bins of one matrix, worked out when they are first asked for and then kept. */
export class SharedBins {
  #bins?: FeatureBins[];
  #words?: Uint32Array;

  /** Edges for at most `count` bins; the matrix and the count are the same at every call. */
  edges(x: Matrix, count: number): FeatureBins[] {
    return this.#bins ??= findBins(x, count);
  }

  /** Packed bins of all rows (see `packBins`). */
  words(x: Matrix, count: number): Uint32Array {
    if (!this.#words) {
      this.#words = new Uint32Array(x.rows * wordsPerRow(x.columns));
      packBins(x, this.edges(x, count), this.#words);
    }
    return this.#words;
  }
}
