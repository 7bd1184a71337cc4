import {
  BINS,
  type EngineShape,
  type Kernels,
  type NodeSums,
  type RowArrays,
  type Scale,
  type ScanTask,
  scoreToBeat,
  type SplitFound,
  type SplitRules,
} from "./kernels.ts";
import { wordsPerRow } from "./bin_words.ts";

/** Added and taken away, this rounds a number below 2^51 to an integer, halves to even. */
const ROUND = 1.5 * 2 ** 52;

/**
 * The kernels in TypeScript, for one thread: where WASM or shared memory is missing, and as the
 * twin that the compiled ones are tested against.
 */
export class PlainKernels implements Kernels {
  readonly arrays: RowArrays;
  readonly exchange: Float64Array;
  readonly #shape: EngineShape;
  readonly #parted: Uint32Array;
  readonly #integerGradient: Float64Array;
  readonly #integerHessian: Float64Array;
  readonly #cells: Cells;
  readonly #found: (SplitFound | undefined)[] = [undefined, undefined];
  #mask: Uint8Array;

  constructor(shape: EngineShape) {
    const { rows, columns, slots, hessian, weighted } = shape;
    this.#shape = shape;
    const groups = wordsPerRow(columns);
    const score = new Float64Array(rows);
    this.arrays = {
      words: new Uint32Array(rows * groups),
      score,
      target: new Float64Array(rows),
      weight: new Float64Array(weighted ? rows : 0),
      gradient: shape.fused ? score : new Float64Array(rows),
      hessian: new Float64Array(hessian ? rows : 0),
      rows: new Uint32Array(rows),
    };
    this.exchange = new Float64Array(Math.max(shape.threads, slots));
    this.#parted = new Uint32Array(rows);
    this.#integerGradient = new Float64Array(rows);
    this.#integerHessian = new Float64Array(hessian ? rows : 0);
    const size = slots * groups * 4 * BINS;
    this.#cells = {
      count: new Int32Array(size),
      gradient: new Float64Array(size),
      hessian: new Float64Array(hessian ? size : 0),
    };
    this.#mask = new Uint8Array(columns).fill(1);
  }

  useColumns(mask: Uint8Array): void {
    this.#mask = mask;
  }

  listRows(from: number, to: number): void {
    const { rows } = this.arrays;
    for (let i = from; i < to; i++) rows[i] = i;
  }

  quantise(from: number, to: number, scale: Scale): void {
    const { gradient, hessian } = this.arrays;
    for (let r = from; r < to; r++) {
      this.#integerGradient[r] = gradient[r] * scale.gradient + ROUND - ROUND;
    }
    for (let r = from; r < Math.min(to, hessian.length); r++) {
      this.#integerHessian[r] = hessian[r] * scale.hessian + ROUND - ROUND;
    }
  }

  shiftResiduals(from: number, to: number, by: number, gradientScale: number): number {
    const { rows, score } = this.arrays;
    let greatest = 0;
    for (let i = from; i < to; i++) {
      const r = rows[i];
      const residual = score[r] - by;
      score[r] = residual;
      this.#integerGradient[r] = residual * gradientScale + ROUND - ROUND;
      greatest = Math.max(greatest, Math.abs(residual));
    }
    return greatest;
  }

  shiftScores(from: number, to: number, by: number): void {
    const { rows, score } = this.arrays;
    for (let i = from; i < to; i++) score[rows[i]] += by;
  }

  histogram(slot: number, list: "all" | "rows" | "parted", from: number, to: number): void {
    const { rows, columns } = this.#shape;
    const groups = wordsPerRow(columns);
    const order = list === "all" ? undefined : list === "rows" ? this.arrays.rows : this.#parted;
    for (let g = 0; g < groups; g++) {
      const start = (slot * groups + g) * 4 * BINS;
      const words = this.arrays.words.subarray(g * rows, (g + 1) * rows);
      const { count, gradient, hessian } = this.#cells;
      count.fill(0, start, start + 4 * BINS);
      gradient.fill(0, start, start + 4 * BINS);
      fillGroup(words, order, from, to, start, count, gradient, this.#integerGradient);
      if (hessian.length) {
        hessian.fill(0, start, start + 4 * BINS);
        fillHessians(words, order, from, to, start, hessian, this.#integerHessian);
      }
    }
  }

  rootSums(slot: number): { count: number; gradient: number; hessian: number } {
    const feature = this.#mask.indexOf(1);
    const start = (slot * wordsPerRow(this.#shape.columns) * 4 + feature) * BINS;
    const sums = { count: 0, gradient: 0, hessian: 0 };
    for (let cell = start; cell < start + BINS; cell++) addCell(sums, this.#cells, cell);
    return sums;
  }

  partition(split: SplitFound, from: number, to: number): number {
    const { rows: total, edgeCounts } = this.#shape;
    const { rows, words } = this.arrays;
    const parted = this.#parted;
    const group = words.subarray((split.feature >> 2) * total, ((split.feature >> 2) + 1) * total);
    const shift = (split.feature & 3) * 8;
    const missingBin = split.missingLeft ? edgeCounts[split.feature] + 1 : BINS;
    let left = from;
    let right = to;
    for (let i = from; i < to; i++) {
      const row = rows[i];
      const bin = (group[row] >>> shift) & 255;
      if (bin <= split.bin || bin === missingBin) parted[left++] = row;
      else parted[--right] = row;
    }
    return left - from;
  }

  copyBack(from: number, to: number, count: number): void {
    this.arrays.rows.set(this.#parted.subarray(from, from + count), to);
  }

  scan({ smallSlot, small, largeSlot, large, rules }: ScanTask): void {
    this.#found[0] = this.#found[1] = undefined;
    if (large !== undefined && largeSlot !== undefined) {
      subtract(this.#cells, smallSlot, largeSlot, wordsPerRow(this.#shape.columns) * 4 * BINS);
      this.#found[1] = this.#bestOf(largeSlot, large, rules);
    }
    this.#found[0] = this.#bestOf(smallSlot, small, rules);
  }

  best(child: 0 | 1): SplitFound | undefined {
    return this.#found[child];
  }

  #bestOf(slot: number, sums: NodeSums, rules: SplitRules): SplitFound | undefined {
    const { columns, edgeCounts, hasMissing, monotone } = this.#shape;
    const search = new SplitSearch(this.#cells, sums, rules, monotone.length > 0);
    for (let feature = 0; feature < columns; feature++) {
      if (!this.#mask[feature]) continue;
      const start = (slot * wordsPerRow(columns) * 4 + feature) * BINS;
      const sign = monotone.length ? monotone[feature] : undefined;
      search.feature({ feature, start, edges: edgeCounts[feature], sign }, hasMissing[feature]);
    }
    return search.found;
  }
}

interface Cells {
  count: Int32Array;
  gradient: Float64Array;
  hessian: Float64Array;
}

interface Sums {
  count: number;
  gradient: number;
  hessian: number;
}

function addCell(sums: Sums, cells: Cells, cell: number): void {
  sums.count += cells.count[cell];
  sums.gradient += cells.gradient[cell];
  sums.hessian += cells.hessian.length ? cells.hessian[cell] : cells.count[cell];
}

function subtract(cells: Cells, small: number, large: number, size: number): void {
  for (const lane of [cells.count, cells.gradient, cells.hessian]) {
    if (lane.length === 0) continue;
    const from = small * size;
    const to = large * size;
    for (let i = 0; i < size; i++) lane[to + i] -= lane[from + i];
  }
}

function fillGroup(
  words: Uint32Array,
  order: Uint32Array | undefined,
  from: number,
  to: number,
  start: number,
  count: Int32Array,
  gradient: Float64Array,
  rowGradient: Float64Array,
): void {
  for (let i = from; i < to; i++) {
    const row = order ? order[i] : i;
    const word = words[row];
    const g = rowGradient[row];
    const a = start + (word & 255);
    const b = start + BINS + ((word >>> 8) & 255);
    const c = start + 2 * BINS + ((word >>> 16) & 255);
    const d = start + 3 * BINS + (word >>> 24);
    count[a]++;
    count[b]++;
    count[c]++;
    count[d]++;
    gradient[a] += g;
    gradient[b] += g;
    gradient[c] += g;
    gradient[d] += g;
  }
}

function fillHessians(
  words: Uint32Array,
  order: Uint32Array | undefined,
  from: number,
  to: number,
  start: number,
  hessian: Float64Array,
  rowHessian: Float64Array,
): void {
  for (let i = from; i < to; i++) {
    const row = order ? order[i] : i;
    const word = words[row];
    const h = rowHessian[row];
    hessian[start + (word & 255)] += h;
    hessian[start + BINS + ((word >>> 8) & 255)] += h;
    hessian[start + 2 * BINS + ((word >>> 16) & 255)] += h;
    hessian[start + 3 * BINS + (word >>> 24)] += h;
  }
}

interface FeatureCells {
  feature: number;
  /** First cell. */
  start: number;
  edges: number;
  /** Monotone constraint; undefined when no feature has one. */
  sign: number | undefined;
}

/** Keeps the best split of one node while features are searched in ascending order. */
class SplitSearch {
  found: SplitFound | undefined;
  readonly #base: number;
  #best: number;

  constructor(
    readonly cells: Cells,
    readonly total: NodeSums,
    readonly rules: SplitRules,
    constrained: boolean,
  ) {
    const { base, start } = scoreToBeat(total, rules, constrained);
    this.#base = base;
    this.#best = start;
  }

  /** Tries every split of a feature: missing values right, then, where there are any, left. */
  feature(at: FeatureCells, hasMissing: number): void {
    const missing = { count: 0, gradient: 0, hessian: 0 };
    if (hasMissing) addCell(missing, this.cells, at.start + at.edges + 1);
    // Where values are missing here, present against missing is a split too.
    const last = missing.count > 0 ? at.edges : at.edges - 1;
    this.#pass(at, last, { count: 0, gradient: 0, hessian: 0 }, false);
    if (missing.count > 0 && this.total.mayMissLeft) {
      this.#pass(at, at.edges - 1, missing, true);
    }
  }

  #pass(at: FeatureCells, last: number, left: Sums, missingLeft: boolean): void {
    const { total, rules } = this;
    for (let bin = 0; bin <= last; bin++) {
      addCell(left, this.cells, at.start + bin);
      const rightCount = total.count - left.count;
      const rightHessian = total.hessian - left.hessian;
      if (rightCount < rules.minCount) return;
      if (left.count < rules.minCount || left.hessian < rules.minHessian) continue;
      if (rightHessian < rules.minHessian) continue;
      const score = at.sign === undefined ? this.#free(left) : this.#bounded(left, at.sign);
      if (score > this.#best) {
        this.#best = score;
        this.found = { gain: score - this.#base, feature: at.feature, bin, missingLeft, ...left };
      }
    }
  }

  #free(left: Sums): number {
    const { total, rules } = this;
    const right = total.gradient - left.gradient;
    const hl = left.hessian + rules.l2;
    const hr = total.hessian - left.hessian + rules.l2;
    return (left.gradient * left.gradient * hr + right * right * hl) / (hl * hr);
  }

  /** With values held within the node's interval, and in the order that the sign asks for. */
  #bounded(left: Sums, sign: number): number {
    const { total, rules } = this;
    const right = total.gradient - left.gradient;
    const hl = left.hessian + rules.l2;
    const hr = total.hessian - left.hessian + rules.l2;
    const vl = Math.min(Math.max(left.gradient / hl, total.lower), total.upper);
    const vr = Math.min(Math.max(right / hr, total.lower), total.upper);
    if ((vr - vl) * sign < 0) return -1;
    return vl * (2 * left.gradient - hl * vl) + vr * (2 * right - hr * vr);
  }
}
