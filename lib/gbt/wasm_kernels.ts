import { type Arena, RECORD_BYTES } from "./arena.ts";
import { wordsPerRow } from "./bin_words.ts";
import {
  BINS,
  type EngineShape,
  type Kernels,
  type NodeSums,
  type RowArrays,
  type Scale,
  type ScanTask,
  scoreToBeat,
  shareStart,
  type SplitFound,
  type SplitRules,
} from "./kernels.ts";
import { instantiateKernels, type KernelExports } from "./kernels/instance.ts";

/** Groups of four features whose histograms stay in the first-level cache together. */
const GROUPS_A_PASS = 5;
/** The same with second derivatives, whose cells are twice as large. */
const PAIR_GROUPS_A_PASS = 2;

/** The compiled kernels, as one of the threads that share an arena. */
export class WasmKernels implements Kernels {
  readonly arrays: RowArrays;
  readonly exchange: Float64Array;
  readonly #shape: EngineShape;
  readonly #arena: Arena;
  readonly #thread: number;
  readonly #code: KernelExports;
  readonly #records: Float64Array;
  readonly #params: Float64Array;
  readonly #cells: Int32Array;
  readonly #groups: number;
  readonly #pairs: 0 | 1;
  /** Features that this thread searches. */
  readonly #from: number;
  readonly #to: number;
  readonly #searchesBoth: boolean;
  #firstFeature = 0;
  readonly #base = [0, 0];

  constructor(shape: EngineShape, arena: Arena, thread: number) {
    const { memory, at } = arena;
    const { buffer } = memory;
    const { rows, columns, threads, hessian, weighted } = shape;
    this.#shape = shape;
    this.#arena = arena;
    this.#thread = thread;
    this.#code = instantiateKernels(memory);
    this.#groups = wordsPerRow(columns);
    this.#pairs = hessian ? 1 : 0;
    this.arrays = {
      words: new Uint32Array(buffer, at.words, rows * this.#groups),
      score: new Float64Array(buffer, at.score, rows),
      target: new Float64Array(buffer, at.target, rows),
      weight: new Float64Array(buffer, at.weight, weighted ? rows : 0),
      gradient: new Float64Array(buffer, at.gradient, rows),
      hessian: new Float64Array(buffer, at.hessian, hessian ? rows : 0),
      rows: new Uint32Array(buffer, at.rows, rows),
    };
    this.exchange = new Float64Array(buffer, at.exchange, Math.max(threads, shape.slots));
    this.#records = new Float64Array(buffer, at.records, threads * (RECORD_BYTES / 8));
    const own = thread * RECORD_BYTES;
    this.#params = new Float64Array(buffer, at.params + own, RECORD_BYTES / 8);
    this.#cells = new Int32Array(buffer, at.cells + thread * at.cellsBytes, columns);
    this.#from = shareStart(0, columns, thread, threads);
    this.#to = shareStart(0, columns, thread + 1, threads);
    const isPlain = !hessian && shape.monotone.length === 0 && !shape.hasMissing.includes(1);
    this.#searchesBoth = isPlain;
    this.useColumns(new Uint8Array(columns).fill(1));
  }

  useColumns(mask: Uint8Array): void {
    this.#cells.forEach((_, f) => this.#cells[f] = mask[f] ? this.#shape.edgeCounts[f] + 2 : 0);
    this.#firstFeature = mask.indexOf(1);
  }

  listRows(from: number, to: number): void {
    this.#code.listRows(this.#arena.at.rows, from, to);
  }

  quantise(from: number, to: number, scale: Scale): void {
    const { gradient, hessian, lanes } = this.#arena.at;
    if (this.#pairs) {
      this.#code.quantisePairs(gradient, hessian, lanes, from, to, scale.gradient, scale.hessian);
    } else {
      this.#code.quantise(gradient, lanes, from, to, scale.gradient);
    }
  }

  shiftResiduals(from: number, to: number, by: number, gradientScale: number): number {
    const { score, lanes, rows } = this.#arena.at;
    return this.#code.shiftResiduals(score, lanes, rows, from, to, by, gradientScale);
  }

  shiftScores(from: number, to: number, by: number): void {
    const { score, rows } = this.#arena.at;
    this.#code.shiftScores(score, rows, from, to, by);
  }

  histogram(slot: number, list: "all" | "rows" | "parted", from: number, to: number): void {
    const { at } = this.#arena;
    const start = this.#thread === 0 ? this.#slotAt(slot) : this.#partAt(this.#thread);
    this.#code.clear(start, at.histogramBytes);
    const stride = this.#shape.rows * 4;
    const order = list === "parted" ? at.parted : at.rows;
    const perPass = this.#pairs ? PAIR_GROUPS_A_PASS : GROUPS_A_PASS;
    const passes = Math.ceil(this.#groups / perPass);
    for (let pass = 0; pass < passes; pass++) {
      const first = shareStart(0, this.#groups, pass, passes);
      const count = shareStart(0, this.#groups, pass + 1, passes) - first;
      const h = start + first * this.#featureBytes * 4;
      const words = at.words + first * stride;
      if (this.#pairs) {
        this.#code.fillPairsListed(h, count, words, stride, at.lanes, order, from, to);
      } else if (list === "all") {
        this.#code.fillAll(h, count, words, stride, at.lanes, from, to);
      } else {
        this.#code.fillListed(h, count, words, stride, at.lanes, order, from, to);
      }
    }
  }

  rootSums(slot: number): { count: number; gradient: number; hessian: number } {
    const sums = { count: 0, gradient: 0, hessian: 0 };
    const feature = this.#firstFeature * this.#featureBytes;
    for (let thread = 0; thread < this.#shape.threads; thread++) {
      const start = thread === 0 ? this.#slotAt(slot) : this.#partAt(thread);
      this.#code.sumCells(start + feature, BINS, this.#pairs, this.#params.byteOffset);
      sums.count += this.#params[0];
      sums.gradient += this.#params[1];
      sums.hessian += this.#params[2];
    }
    return sums;
  }

  partition(split: SplitFound, from: number, to: number): number {
    const { at } = this.#arena;
    const words = at.words + (split.feature >> 2) * this.#shape.rows * 4;
    const shift = (split.feature & 3) * 8;
    const missing = split.missingLeft ? this.#shape.edgeCounts[split.feature] + 1 : BINS;
    return this.#code.partition(words, shift, split.bin, missing, at.rows, at.parted, from, to);
  }

  copyBack(from: number, to: number, count: number): void {
    const { rows, parted } = this.#arena.at;
    this.#code.copyRows(rows, parted + from * 4, to, count);
  }

  scan({ smallSlot, small, largeSlot, large, rules }: ScanTask): void {
    const { threads } = this.#shape;
    if (this.#searchesBoth && large !== undefined && largeSlot !== undefined) {
      for (let t = 2; t < threads; t++) this.#addPart(smallSlot, t);
      this.#scanTwo({ smallSlot, small, largeSlot, large, rules });
      return;
    }
    for (let t = 1; t < threads; t++) this.#addPart(smallSlot, t);
    this.#scanOne(0, smallSlot, small, rules);
    if (large === undefined || largeSlot === undefined) return;
    const [from, bytes] = this.#ownCells();
    this.#code.takeLanes(this.#slotAt(largeSlot) + from, this.#slotAt(smallSlot) + from, bytes);
    this.#scanOne(1, largeSlot, large, rules);
  }

  best(child: 0 | 1): SplitFound | undefined {
    let found: SplitFound | undefined;
    let best = -Infinity;
    for (let thread = 0; thread < this.#shape.threads; thread++) {
      const at = (thread * RECORD_BYTES) / 8 + child * 8, record = this.#records;
      const score = record[at], feature = record[at + 1];
      if (feature < 0 || score <= best) continue;
      best = score;
      found = {
        gain: score - this.#base[child],
        feature,
        bin: record[at + 2],
        missingLeft: record[at + 3] === 1,
        count: record[at + 4],
        gradient: record[at + 5],
        hessian: record[at + 6],
      };
    }
    return found;
  }

  #scanTwo({ smallSlot, small, largeSlot, large, rules }: Required<ScanTask>): void {
    const { at } = this.#arena;
    const toBeat = [small, large].map((sums) => scoreToBeat(sums, rules, false));
    this.#base[0] = toBeat[0].base;
    this.#base[1] = toBeat[1].base;
    this.#code.scanTwo(
      this.#slotAt(largeSlot),
      this.#slotAt(smallSlot),
      this.#shape.threads > 1 ? this.#partAt(1) : 0,
      this.#cells.byteOffset,
      this.#from,
      this.#to,
      small.count,
      large.count,
      small.gradient,
      large.gradient,
      toBeat[0].start,
      toBeat[1].start,
      rules.minCount,
      rules.l2,
      at.records + this.#thread * RECORD_BYTES,
    );
  }

  #scanOne(child: 0 | 1, slot: number, sums: NodeSums, rules: SplitRules): void {
    const { at } = this.#arena;
    const isBounded = this.#shape.monotone.length > 0;
    const { base, start } = scoreToBeat(sums, rules, isBounded);
    this.#base[child] = base;
    const params = this.#params;
    params[0] = sums.count;
    params[1] = sums.gradient;
    params[2] = sums.hessian;
    params[3] = sums.lower;
    params[4] = sums.upper;
    params[5] = rules.minCount;
    params[6] = rules.minHessian;
    params[7] = rules.l2;
    params[8] = start;
    params[9] = sums.mayMissLeft ? 1 : 0;
    params[10] = isBounded ? 1 : 0;
    this.#code.scanOne(
      this.#slotAt(slot),
      this.#pairs,
      this.#cells.byteOffset,
      at.flags,
      at.signs,
      this.#from,
      this.#to,
      this.#params.byteOffset,
      at.records + this.#thread * RECORD_BYTES + child * 64,
    );
  }

  /** Adds another thread's part to a slot, for this thread's features. */
  #addPart(slot: number, thread: number): void {
    const [from, bytes] = this.#ownCells();
    this.#code.addLanes(this.#slotAt(slot) + from, this.#partAt(thread) + from, bytes);
  }

  /** Offset and size of this thread's features in a histogram. */
  #ownCells(): [number, number] {
    return [this.#from * this.#featureBytes, (this.#to - this.#from) * this.#featureBytes];
  }

  get #featureBytes(): number {
    return (BINS * 8) << this.#pairs;
  }

  #slotAt(slot: number): number {
    return this.#arena.at.histograms + slot * this.#arena.at.histogramBytes;
  }

  /** Where a thread other than the first fills its part of the current histogram. */
  #partAt(thread: number): number {
    return this.#slotAt(this.#shape.slots + thread - 1);
  }
}
