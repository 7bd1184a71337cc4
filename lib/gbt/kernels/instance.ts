import { KERNEL_BYTES } from "./wasm.ts";

/**
 * What the compiled kernels export; see the sources. Offsets are in bytes, ranges half open. They
 * must agree with `*.as`.
 */
export interface KernelExports {
  fillAll(
    h: number,
    groups: number,
    words: number,
    stride: number,
    lanes: number,
    from: number,
    to: number,
  ): void;
  fillListed(
    h: number,
    groups: number,
    words: number,
    stride: number,
    lanes: number,
    list: number,
    from: number,
    to: number,
  ): void;
  fillPairsListed: KernelExports["fillListed"];
  clear(at: number, bytes: number): void;
  addLanes(to: number, from: number, bytes: number): void;
  takeLanes(to: number, from: number, bytes: number): void;
  listRows(list: number, from: number, to: number): void;
  copyRows(list: number, from: number, to: number, count: number): void;
  partition(
    words: number,
    shift: number,
    bin: number,
    missingBin: number,
    list: number,
    parted: number,
    from: number,
    to: number,
  ): number;
  quantise(gradient: number, lanes: number, from: number, to: number, scale: number): void;
  quantisePairs(
    gradient: number,
    hessian: number,
    lanes: number,
    from: number,
    to: number,
    scale: number,
    hessianScale: number,
  ): void;
  shiftResiduals(
    residual: number,
    lanes: number,
    list: number,
    from: number,
    to: number,
    by: number,
    scale: number,
  ): number;
  shiftScores(score: number, list: number, from: number, to: number, by: number): void;
  sumCells(h: number, bins: number, pairs: number, into: number): void;
  scanTwo(
    large: number,
    small: number,
    other: number,
    cells: number,
    from: number,
    to: number,
    countS: number,
    countL: number,
    gradientS: number,
    gradientL: number,
    startS: number,
    startL: number,
    minCount: number,
    l2: number,
    record: number,
  ): void;
  scanOne(
    h: number,
    pairs: number,
    cells: number,
    flags: number,
    signs: number,
    from: number,
    to: number,
    params: number,
    record: number,
  ): void;
  predict32(
    tree: number,
    depth: number,
    rows: number,
    stride: number,
    out: number,
    count: number,
  ): void;
  predict64: KernelExports["predict32"];
}

let compiled: WebAssembly.Module | undefined;

/** The kernels over a memory, which must be shared. */
export function instantiateKernels(memory: WebAssembly.Memory): KernelExports {
  compiled ??= new WebAssembly.Module(KERNEL_BYTES);
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return exports as unknown as KernelExports;
}

/** Whether WASM with threads and vectors runs here. */
export function hasWasmKernels(): boolean {
  try {
    compiled ??= new WebAssembly.Module(KERNEL_BYTES);
    return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof
      SharedArrayBuffer;
  } catch {
    return false;
  }
}
