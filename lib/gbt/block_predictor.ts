import type { FlatTrees } from "./flat_trees.ts";
import { hasWasmKernels, instantiateKernels, type KernelExports } from "./kernels/instance.ts";
import type { Matrix } from "./matrix.ts";

/** Rows that pass through all trees together: their values stay in the first-level cache. */
const BLOCK_ROWS = 256;

/** Fewer rows are predicted as fast one by one. */
export const MIN_BLOCK_ROWS = 16;

const PAGE = 65_536;

/** Sizes and places within a node, in bytes: see `kernels/predict.as`. */
const LAYOUTS = {
  32: { node: 24, threshold: 12, value: 16 },
  64: { node: 32, threshold: 16, value: 24 },
} as const;

/**
 * Predicts many rows with the compiled kernels, eight side by side; bit by bit what `flatScore`
 * gives.
 */
export class BlockPredictor {
  readonly #trees: FlatTrees;
  readonly #columns: number;
  readonly #bits: 32 | 64;
  readonly #code: KernelExports;
  readonly #rows: Float32Array | Float64Array;
  readonly #out: Float64Array;
  /** Byte offset of every tree's root. */
  readonly #roots: Int32Array;

  private constructor(trees: FlatTrees, columns: number, bits: 32 | 64) {
    this.#trees = trees;
    this.#columns = columns;
    this.#bits = bits;
    const { node } = LAYOUTS[bits];
    const outAt = PAGE;
    const rowsAt = outAt + BLOCK_ROWS * 8;
    const nodesAt = rowsAt + Math.ceil((BLOCK_ROWS * columns * bits) / 512) * 64;
    const pages = Math.ceil((nodesAt + trees.feature.length * node) / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.#code = instantiateKernels(memory);
    this.#out = new Float64Array(memory.buffer, outAt, BLOCK_ROWS);
    const size = BLOCK_ROWS * columns;
    this.#rows = bits === 32
      ? new Float32Array(memory.buffer, rowsAt, size)
      : new Float64Array(memory.buffer, rowsAt, size);
    this.#roots = trees.roots.map((root) => nodesAt + root * node);
    writeNodes(trees, new DataView(memory.buffer, nodesAt), bits);
  }

  /** A predictor for rows of this width of number; undefined where there is no WASM. */
  static create(trees: FlatTrees, columns: number, bits: 32 | 64): BlockPredictor | undefined {
    return hasWasmKernels() ? new BlockPredictor(trees, columns, bits) : undefined;
  }

  /** Adds the trees' values for every row to `scores`. The matrix has the predictor's width. */
  addScores(x: Matrix, scores: Float64Array): void {
    const predict = this.#bits === 32 ? this.#code.predict32 : this.#code.predict64;
    const columns = this.#columns;
    const stride = columns * (this.#bits / 8);
    const { depths } = this.#trees;
    const { byteOffset: outAt } = this.#out;
    const { byteOffset: rowsAt } = this.#rows;
    for (let first = 0; first < x.rows; first += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, x.rows - first);
      this.#rows.set(x.data.subarray(first * columns, (first + count) * columns));
      this.#out.set(scores.subarray(first, first + count));
      const padded = Math.ceil(count / 8) * 8;
      for (let t = 0; t < depths.length; t++) {
        predict(this.#roots[t], depths[t], rowsAt, stride, outAt, padded);
      }
      scores.set(this.#out.subarray(0, count), first);
    }
  }
}

function writeNodes(trees: FlatTrees, view: DataView, bits: 32 | 64): void {
  const { node: size, threshold: thresholdAt, value: valueAt } = LAYOUTS[bits];
  for (let t = 0; t + 1 < trees.roots.length; t++) {
    const root = trees.roots[t];
    for (let node = root; node < trees.roots[t + 1]; node++) {
      const at = node * size;
      view.setUint32(at, (trees.left[node] - root) * size, true);
      view.setUint32(at + 4, (trees.right[node] - root) * size, true);
      view.setUint32(at + 8, trees.feature[node] * (bits / 8), true);
      const threshold = trees.threshold[node];
      if (bits === 32) view.setFloat32(at + thresholdAt, singleAtLeast(threshold), true);
      else view.setFloat64(at + thresholdAt, threshold, true);
      view.setFloat64(at + valueAt, trees.value[node], true);
    }
  }
}

/**
 * The least 32-bit float that is not below `threshold`: a 32-bit value is less than the one exactly
 * if it is less than the other.
 */
export function singleAtLeast(threshold: number): number {
  const near = Math.fround(threshold);
  if (near >= threshold) return near;
  const bits = new Int32Array(Float32Array.of(near).buffer);
  // Upwards: a negative number's bits fall, a positive one's rise. Never from zero, see above,
  // unless it is negative and the number is positive.
  if (near === 0) bits[0] = 1;
  else bits[0] += near < 0 ? -1 : 1;
  return new Float32Array(bits.buffer)[0];
}
