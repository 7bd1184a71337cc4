import { hashOf } from "../core/mod.ts";
import {
  channelKey,
  type CompactTable,
  compactTable,
  FEATURE_NAMES,
  type FeatureSample,
  type FeatureTable,
  joinTables,
  tableFromSamples,
  takeTableRows,
} from "../liquidity/mod.ts";

/** Samples that become columns together. */
const CHUNK_ROWS = 4096;
/** Horizons that are kept at least: twice what a training needs to divide its rows by time. */
const LEAST_HORIZONS = 10;

/**
 * The newest labelled samples, in columns: a fifth of the memory that as many objects take, and
 * nothing for the garbage collector to walk through.
 *
 * Where there are too many the oldest go, unless the rest would span too little time to learn from:
 * then half of all samples go, whichever channel and time they are of, and of those to come only
 * as many are taken. So a node of many channels is learned from as long a time as one of few, from
 * fewer samples of each channel.
 */
export class SampleBuffer {
  #chunks: CompactTable[] = [];
  /** The newest, which are no chunk yet. */
  #open: FeatureSample[] = [];
  #chunkRows: number;
  /** How often samples were halved. */
  #level = 0;

  /**
   * @param options.most samples kept at most, but for less than a tenth more. With 0 none is
   */
  constructor(private readonly options: { most: number; horizonMs: number }) {
    this.#chunkRows = Math.max(1, Math.min(CHUNK_ROWS, Math.floor(options.most / 20)));
  }

  get size(): number {
    return this.#chunks.reduce((rows, chunk) => rows + chunk.rows, this.#open.length);
  }

  /** Takes a sample, or one of so many where there are too many. */
  add(sample: FeatureSample): void {
    if (this.options.most === 0 || !keptAtLevel(sample, this.#level)) return;
    this.#open.push(sample);
    if (this.#open.length < this.#chunkRows) return;
    this.#chunks.push(this.#tableOf(this.#open));
    this.#open = [];
    while (this.#chunks.length > 1 && this.size - this.#chunks[0].rows >= this.options.most) {
      this.#makeRoom(sample.timeMs);
    }
  }

  #makeRoom(nowMs: number): void {
    const restMs = nowMs - this.#chunks[1].timeMs[0];
    if (restMs >= LEAST_HORIZONS * this.options.horizonMs) this.#chunks.shift();
    else this.#halve();
  }

  #halve(): void {
    this.#level++;
    this.#chunks = this.#chunks.map((chunk) => {
      const table = joinTables([chunk]);
      const { timeMs, nodes, channelIds } = table;
      const left = Array.from(timeMs.keys()).filter((row) => {
        const sample = { node: nodes[row], channelId: channelIds[row], timeMs: timeMs[row] };
        return keptAtLevel(sample, this.#level);
      });
      return compactTable(takeTableRows(table, left));
    }).filter(({ rows }) => rows > 0);
  }

  /** All of them, oldest first. */
  table(): FeatureTable {
    return joinTables(this.tables());
  }

  /** The same in parts of a few thousand rows, one or more, that won't change. */
  tables(): CompactTable[] {
    return [...this.#chunks, this.#tableOf(this.#open)];
  }

  #tableOf(samples: readonly FeatureSample[]): CompactTable {
    const { horizonMs } = this.options;
    return compactTable(tableFromSamples(samples, { featureNames: FEATURE_NAMES, horizonMs }));
  }
}

/**
 * Whether a sample is among those that are left when all were halved so often: as if by chance, but
 * always the same.
 */
function keptAtLevel(
  { node, channelId, timeMs }: Pick<FeatureSample, "node" | "channelId" | "timeMs">,
  level: number,
): boolean {
  return level === 0 || Math.clz32(hashOf(`${channelKey(node, channelId)}/${timeMs}`)) >= level;
}
