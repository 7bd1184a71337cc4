import { wordsPerRow } from "./bin_words.ts";
import { BINS, type EngineShape } from "./kernels.ts";

/** Memory of one training that all its threads share, and where what lies in it. */
export interface Arena {
  memory: WebAssembly.Memory;
  /** Byte offsets. */
  at: ArenaLayout;
}

/** Byte offset of each area. Areas of one thread each are `bytes` apart. */
export interface ArenaLayout {
  control: number;
  exchange: number;
  /** What a search found: two records a thread, `RECORD_BYTES` apart. */
  records: number;
  /** What a search looks for: one area a thread, `RECORD_BYTES` apart. */
  params: number;
  /** Number of bins by feature, as 32-bit integers: one area a thread, `cellsBytes` apart. */
  cells: number;
  cellsBytes: number;
  flags: number;
  signs: number;
  words: number;
  lanes: number;
  score: number;
  target: number;
  weight: number;
  gradient: number;
  hessian: number;
  rows: number;
  parted: number;
  /** One histogram a slot, `histogramBytes` apart, then one a thread but the first. */
  histograms: number;
  histogramBytes: number;
}

/** Bytes of a thread's two records and of its parameters. */
export const RECORD_BYTES = 128;

/** 32-bit places in the control area, a cache line apart. */
export const CONTROL = { arrived: 0, round: 16, sleeping: 32, length: 48 } as const;

const PAGE = 65_536;

/** Bytes of a WASM memory, at most. */
const MOST_BYTES = 65_536 * PAGE;

/** Whether the arena of a training would fit into one memory. */
export function fitsArena(shape: EngineShape): boolean {
  return layout(shape).end <= MOST_BYTES;
}

/** A new arena, filled with zeros but for what follows from the shape. */
export function makeArena(shape: EngineShape): Arena {
  const { end, ...at } = layout(shape);
  const pages = Math.ceil(end / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  new Uint8Array(memory.buffer, at.flags, shape.columns).set(shape.hasMissing);
  new Int8Array(memory.buffer, at.signs, shape.monotone.length).set(shape.monotone);
  return { memory, at };
}

function layout(shape: EngineShape): ArenaLayout & { end: number } {
  const { rows, columns, slots, threads, hessian, weighted, fused } = shape;
  const groups = wordsPerRow(columns);
  let end = PAGE;
  const place = (bytes: number) => {
    const start = end;
    end += Math.ceil(bytes / 64) * 64 + 64;
    return start;
  };
  const lanes = hessian ? 2 : 1;
  const cellsBytes = Math.ceil((groups * 16) / 64) * 64;
  const histogramBytes = groups * 4 * BINS * 8 * lanes;
  const score = place(rows * 8);
  return {
    control: place(CONTROL.length * 4),
    exchange: place(Math.max(threads, slots) * 8),
    records: place(threads * RECORD_BYTES),
    params: place(threads * RECORD_BYTES),
    cells: place(threads * cellsBytes),
    cellsBytes,
    flags: place(groups * 4),
    signs: place(groups * 4),
    words: place(rows * groups * 4),
    lanes: place(rows * 8 * lanes),
    score,
    target: place(rows * 8),
    weight: place(weighted ? rows * 8 : 0),
    gradient: fused ? score : place(rows * 8),
    hessian: place(hessian ? rows * 8 : 0),
    rows: place(rows * 4),
    parted: place(rows * 4),
    histograms: place((slots + threads - 1) * histogramBytes),
    histogramBytes,
    end,
  };
}
