import { createHash } from "node:crypto";
import { InputError, readJson, writeFileAtomic } from "../core/mod.ts";
import { parseWith } from "../protocol/mod.ts";
import { z } from "zod";

/** What the training data looked like in one feature. */
export interface FeatureSummary {
  name: string;
  /** Over known values; 0 where none is known. */
  mean: number;
  deviation: number;
  min: number;
  max: number;
  /** Share of rows in which it is unknown. */
  missing: number;
  /** Inner edges of bins that held about equal shares of the known values, ascending. */
  edges: number[];
  /** Share of all rows in each bin: one more than edges. Together with `missing` they make 1. */
  shares: number[];
}

const FORMAT = "lightning-lens/scaler";
const VERSION = 1;
const BINS = 10;

const summarySchema = z.object({
  name: z.string(),
  mean: z.number(),
  deviation: z.number().min(0),
  min: z.number(),
  max: z.number(),
  missing: z.number().min(0).max(1),
  edges: z.array(z.number()),
  shares: z.array(z.number().min(0).max(1)),
});
const fileSchema = z.object({
  format: z.literal(FORMAT),
  version: z.number(),
  rows: z.int().min(1),
  features: z.array(summarySchema).min(1),
  checksum: z.string(),
});

/** Rows of features, as far as a scaler needs to know. */
export interface FeatureRows {
  featureNames: readonly string[];
  rows: number;
  x: ArrayLike<number>;
}

/**
 * Means, deviations, ranges and quantile bins of the features that a model was trained on: what
 * drift is measured by. Trees themselves need no scaling.
 */
export class Scaler {
  constructor(readonly rows: number, readonly features: readonly FeatureSummary[]) {}

  /** Summarises the rows at `indices`, all of them when left out. */
  static fit(table: FeatureRows, indices?: readonly number[]): Scaler {
    const rows = indices ?? Array.from({ length: table.rows }, (_, row) => row);
    const width = table.featureNames.length;
    const features = table.featureNames.map((name, column) => {
      const known = new Float64Array(rows.length);
      let count = 0;
      for (const row of rows) {
        const value = table.x[row * width + column];
        if (!Number.isNaN(value)) known[count++] = value;
      }
      return summarise(name, known.subarray(0, count), rows.length);
    });
    return new Scaler(rows.length, features);
  }

  /** JSON text with a checksum. */
  toText(): string {
    const body = { format: FORMAT, version: VERSION, rows: this.rows, features: this.features };
    return JSON.stringify({ ...body, checksum: checksum(body) });
  }

  async save(path: string): Promise<void> {
    await writeFileAtomic(path, this.toText());
  }

  /** @throws {InputError} for a file of another kind, of a later version, or changed */
  static async load(path: string): Promise<Scaler> {
    const { checksum: found, ...body } = parseWith(fileSchema, await readJson(path), {
      file: path,
    });
    if (body.version > VERSION) {
      throw new InputError({
        file: path,
        field: "version",
        found: body.version,
        expected: `${VERSION} or less: it is of a later program`,
      });
    }
    if (found !== checksum(body)) {
      throw new InputError({
        file: path,
        field: "checksum",
        found,
        expected: "the checksum of the content: the file was changed",
      });
    }
    return new Scaler(body.rows, body.features);
  }
}

function summarise(name: string, known: Float64Array, rows: number): FeatureSummary {
  if (known.length === 0) {
    return { name, mean: 0, deviation: 0, min: 0, max: 0, missing: 1, edges: [], shares: [0] };
  }
  const sorted = known.slice().sort();
  let total = 0, squares = 0;
  for (let i = 0; i < known.length; i++) total += known[i];
  const mean = total / known.length;
  for (let i = 0; i < known.length; i++) squares += (known[i] - mean) ** 2;
  const edges: number[] = [];
  for (let i = 1; i < BINS; i++) {
    const edge = sorted[Math.floor(i * sorted.length / BINS)];
    if (edge > sorted[0] && edge !== edges.at(-1)) edges.push(edge);
  }
  return {
    name,
    mean,
    deviation: Math.sqrt(squares / known.length),
    min: sorted[0],
    max: sorted[sorted.length - 1],
    missing: 1 - known.length / rows,
    edges,
    shares: binShares(edges, known, rows),
  };
}

/** Share of `rows` whose value falls in each bin; a value on an edge belongs above it. */
export function binShares(
  edges: readonly number[],
  values: Iterable<number>,
  rows: number,
): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    let bin = 0;
    while (bin < edges.length && value >= edges[bin]) bin++;
    counts[bin]++;
  }
  return counts.map((count) => count / rows);
}

function checksum(body: unknown): string {
  return `sha256:${createHash("sha256").update(JSON.stringify(body)).digest("hex")}`;
}
