import {
  FEATURE_NAMES,
  type FeatureSample,
  type FeatureTable,
  joinTables,
  tableFromSamples,
} from "../liquidity/mod.ts";

/** Samples that become columns together. */
const CHUNK_ROWS = 4096;

/**
 * The newest labelled samples, in columns: a third of the memory that as many objects take, and
 * nothing for the garbage collector to walk through.
 */
export class SampleBuffer {
  #chunks: FeatureTable[] = [];
  /** The newest, which are no chunk yet. */
  #open: FeatureSample[] = [];
  #chunkRows: number;

  /**
   * @param options.most samples kept at least, once there are as many; a tenth more at most. With 0
   *   none is
   */
  constructor(private readonly options: { most: number; horizonMs: number }) {
    this.#chunkRows = Math.max(1, Math.min(CHUNK_ROWS, Math.floor(options.most / 20)));
  }

  get size(): number {
    return this.#chunks.reduce((rows, chunk) => rows + chunk.rows, this.#open.length);
  }

  /** Takes a sample; where there are too many the oldest go. */
  add(sample: FeatureSample): void {
    if (this.options.most === 0) return;
    this.#open.push(sample);
    if (this.#open.length < this.#chunkRows) return;
    this.#chunks.push(this.#tableOf(this.#open));
    this.#open = [];
    while (this.size - this.#chunks[0].rows >= this.options.most) this.#chunks.shift();
  }

  /** All of them, oldest first. */
  table(): FeatureTable {
    return joinTables(this.tables());
  }

  /** The same in parts of a few thousand rows, one or more, that won't change. */
  tables(): FeatureTable[] {
    return [...this.#chunks, this.#tableOf(this.#open)];
  }

  #tableOf(samples: readonly FeatureSample[]): FeatureTable {
    return tableFromSamples(samples, {
      featureNames: FEATURE_NAMES,
      horizonMs: this.options.horizonMs,
    });
  }
}
