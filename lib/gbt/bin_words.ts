import type { FeatureBins } from "./bin_edges.ts";
import { type Matrix, MISSING_FROM } from "./matrix.ts";

/** Cells of the table from which the search for a value's bin starts. */
const CELLS = 2048;

/** Number of 32-bit words that hold one row's bins, four features a word. */
export function wordsPerRow(columns: number): number {
  return Math.ceil(columns / 4);
}

/** Rows whose values stay in the second-level cache while their columns are gone through. */
const BLOCK_ROWS = 1024;

/**
 * Bins of rows `[from, to)`, packed: feature `f` of row `r` is byte `f % 4` (lowest first) of
 * `words[floor(f / 4) * rows + r]`.
 */
export function packBins(
  x: Matrix,
  bins: readonly FeatureBins[],
  words: Uint32Array,
  from = 0,
  to = x.rows,
): void {
  const searches = bins.map(({ edges }) => binSearch(edges));
  for (let start = from; start < to; start += BLOCK_ROWS) {
    const end = Math.min(to, start + BLOCK_ROWS);
    for (let f = 0; f < x.columns; f++) {
      const group = words.subarray((f >> 2) * x.rows, ((f >> 2) + 1) * x.rows);
      if (f % 4 === 0) group.fill(0, start, end);
      const at = { columns: x.columns, f, from: start, to: end };
      if (x.data instanceof Float32Array) packSingles(x.data, group, searches[f], at);
      else packDoubles(x.data, group, searches[f], at);
    }
  }
}

/** Values of feature `f` in rows `[from, to)`. */
interface ColumnPart {
  columns: number;
  f: number;
  from: number;
  to: number;
}

/** A table that narrows a value's bin down to a few. */
interface BinSearch {
  /** Edges, then infinity. */
  edges: Float64Array;
  /** Least bin of each cell; the next cell's is the most. */
  lowest: Uint8Array;
  origin: number;
  /** Cells per unit; 0 when the range is too small or too large to divide. */
  scale: number;
  missingBin: number;
}

function binSearch(found: Float64Array): BinSearch {
  const count = found.length;
  const edges = new Float64Array(count + 1).fill(Infinity);
  edges.set(found);
  const range = count ? found[count - 1] - found[0] : 0;
  const divided = (CELLS - 2) / range;
  const scale = Number.isFinite(divided) ? divided : 0;
  // Without a scale, differences must not overflow: infinity times 0 would leave the order.
  const origin = scale > 0 ? found[0] : 0;
  const lowest = new Uint8Array(CELLS + 1).fill(count);
  // Cells are not bounded by where their edge should be but by what cellOf says of the edges,
  // so that no rounding can put a value outside its cell's range of bins.
  let next = 0;
  for (let b = 0; b < count; b++) {
    const cell = cellOf(found[b], origin, scale);
    while (next <= cell) lowest[next++] = b;
  }
  return { edges, lowest, origin, scale, missingBin: count + 1 };
}

/** Cell of a value; never falls where the value rises. */
function cellOf(value: number, origin: number, scale: number): number {
  const cell = (value - origin) * scale + 1;
  return cell > 0 ? (cell < CELLS - 1 ? cell | 0 : CELLS - 1) : 0;
}

/** Number of edges at or below `value`, which is not missing. */
function binOf(value: number, { edges, lowest, origin, scale }: BinSearch): number {
  const cell = cellOf(value, origin, scale);
  let bin = lowest[cell];
  let most = lowest[cell + 1];
  while (most - bin > 8) {
    const middle = (bin + most) >> 1;
    if (value >= edges[middle]) bin = middle + 1;
    else most = middle;
  }
  while (value >= edges[bin]) bin++;
  return bin;
}

/** The bin of one value, by the definition of {@linkcode FeatureBins}. */
export function binOfValue(value: number, { edges }: FeatureBins): number {
  if (!(value < MISSING_FROM)) return edges.length + 1;
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= edges[middle]) low = middle + 1;
    else high = middle;
  }
  return low;
}

// One function for each width of number: the same code over both kinds of array runs at a third
// of the speed.
function packSingles(
  data: Float32Array,
  group: Uint32Array,
  search: BinSearch,
  { columns, f, from, to }: ColumnPart,
): void {
  const shift = (f % 4) * 8;
  for (let r = from, i = from * columns + f; r < to; r++, i += columns) {
    const value = data[i];
    const bin = value < MISSING_FROM ? binOf(value, search) : search.missingBin;
    group[r] |= bin << shift;
  }
}

function packDoubles(
  data: Float64Array,
  group: Uint32Array,
  search: BinSearch,
  { columns, f, from, to }: ColumnPart,
): void {
  const shift = (f % 4) * 8;
  for (let r = from, i = from * columns + f; r < to; r++, i += columns) {
    const value = data[i];
    const bin = value < MISSING_FROM ? binOf(value, search) : search.missingBin;
    group[r] |= bin << shift;
  }
}
