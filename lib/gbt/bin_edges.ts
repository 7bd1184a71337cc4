import { type Matrix, MISSING_FROM } from "./matrix.ts";
import { sortFloat32 } from "./radix_sort.ts";

/**
 * How one feature's values are sorted into bins: bin `b` holds the values with exactly `b` edges
 * at or below them, so a row with `value < edges[b]` is in bin `b` or lower. Missing values are in
 * bin `edges.length + 1`.
 */
export interface FeatureBins {
  /** Ascending, no duplicates, at most 254. All finite. */
  edges: Float64Array;
  /** Whether any training row lacks the feature. */
  hasMissing: boolean;
}

/** Rows that are looked at to place the edges: more don't move a quantile noticeably. */
export const EDGE_SAMPLE_ROWS = 100_000;

/** Columns that are read in one go: more would mean more than one fetch from memory a row. */
const COLUMNS_A_PASS = 8;

/**
 * Edges of columns `[from, to)`: one between any two neighbouring values where they fit into
 * `bins` intervals, else such that every interval holds about as many rows. Of larger data every
 * k-th row is looked at.
 */
export function findBins(x: Matrix, bins: number, from = 0, to = x.columns): FeatureBins[] {
  const missing = missingColumns(x, from, to);
  const single = x.data instanceof Float32Array;
  const result: FeatureBins[] = [];
  for (let first = from; first < to; first += COLUMNS_A_PASS) {
    for (const values of samplePresent(x, first, Math.min(to, first + COLUMNS_A_PASS))) {
      if (values instanceof Float32Array) sortFloat32(values);
      else values.sort();
      const edges = edgesOf(values, bins, single);
      result.push({ edges, hasMissing: missing[from + result.length] === 1 });
    }
  }
  return result;
}

/** Values of columns `[from, to)` in every k-th row, column by column, without missing ones. */
function samplePresent(x: Matrix, from: number, to: number): (Float32Array | Float64Array)[] {
  const sampled = Math.min(x.rows, EDGE_SAMPLE_ROWS);
  const step = x.rows / sampled;
  const single = x.data instanceof Float32Array;
  const samples = Array.from(
    { length: to - from },
    () => single ? new Float32Array(sampled) : new Float64Array(sampled),
  );
  const counts = new Uint32Array(to - from);
  for (let i = 0; i < sampled; i++) {
    const row = Math.floor(i * step) * x.columns + from;
    for (let c = 0; c < samples.length; c++) {
      const value = x.data[row + c];
      if (value < MISSING_FROM) samples[c][counts[c]++] = value;
    }
  }
  return samples.map((sample, c) => sample.subarray(0, counts[c]));
}

/** 1 for each of the columns `[from, to)` in which a row's value is missing. */
function missingColumns({ data, rows, columns }: Matrix, from: number, to: number): Uint8Array {
  const missing = new Uint8Array(columns);
  for (let r = 0, row = 0; r < rows; r++, row += columns) {
    for (let c = from; c < to; c++) if (!(data[row + c] < MISSING_FROM)) missing[c] = 1;
  }
  return missing;
}

/** Edges for `sorted` values. `single`: they and the edges are 32-bit numbers. */
export function edgesOf(
  sorted: Float32Array | Float64Array,
  bins: number,
  single: boolean,
): Float64Array<ArrayBuffer> {
  const { values, counts } = distinct(sorted);
  const edges: number[] = [];
  if (values.length <= bins) {
    for (let i = 1; i < values.length; i++) edges.push(between(values[i - 1], values[i], single));
    return Float64Array.from(edges);
  }
  let rowsLeft = sorted.length;
  let binsLeft = bins;
  let inBin = 0;
  for (let i = 0; i < values.length - 1 && binsLeft > 1; i++) {
    inBin += counts[i];
    const full = inBin * binsLeft >= rowsLeft;
    // A value that fills a bin by itself gets one, if what came before it is half a bin or more.
    const heavyNext = counts[i + 1] * binsLeft >= rowsLeft && inBin * binsLeft * 2 >= rowsLeft;
    if (full || heavyNext) {
      edges.push(between(values[i], values[i + 1], single));
      rowsLeft -= inBin;
      binsLeft--;
      inBin = 0;
    }
  }
  return Float64Array.from(edges);
}

function distinct(sorted: Float32Array | Float64Array) {
  const values = new Float64Array(sorted.length);
  const counts = new Uint32Array(sorted.length);
  let found = 0;
  let before = NaN;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i];
    if (value !== before) values[found++] = before = value;
    counts[found - 1]++;
  }
  return { values: values.subarray(0, found), counts };
}

/** A number above `a` and at most `b`, halfway where there is one. */
function between(a: number, b: number, single: boolean): number {
  const exact = a / 2 + b / 2;
  const middle = single ? Math.fround(exact) : exact;
  return middle > a && middle <= b ? middle : b;
}
