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

/**
 * Edges of columns `[from, to)`: one between any two neighbouring values where they fit into
 * `bins` intervals, else such that every interval holds about as many rows. Of larger data every
 * k-th row is looked at.
 */
export function findBins(x: Matrix, bins: number, from = 0, to = x.columns): FeatureBins[] {
  const sampled = Math.min(x.rows, EDGE_SAMPLE_ROWS);
  const column = x.data instanceof Float32Array
    ? new Float32Array(sampled)
    : new Float64Array(sampled);
  const result: FeatureBins[] = [];
  for (let c = from; c < to; c++) {
    const present = samplePresent(x, c, column);
    const values = column.subarray(0, present);
    if (values instanceof Float32Array) sortFloat32(values);
    else values.sort();
    const single = values instanceof Float32Array;
    result.push({ edges: edgesOf(values, bins, single), hasMissing: hasMissing(x, c) });
  }
  return result;
}

/** Copies every k-th row's value that is not missing; returns how many. */
function samplePresent(x: Matrix, c: number, into: Float32Array | Float64Array): number {
  const step = x.rows / into.length;
  let count = 0;
  for (let i = 0; i < into.length; i++) {
    const value = x.data[Math.floor(i * step) * x.columns + c];
    if (value < MISSING_FROM) into[count++] = value;
  }
  return count;
}

function hasMissing({ data, rows, columns }: Matrix, column: number): boolean {
  for (let i = column, r = 0; r < rows; i += columns, r++) {
    if (!(data[i] < MISSING_FROM)) return true;
  }
  return false;
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
