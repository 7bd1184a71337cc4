import { UsageError } from "../core/mod.ts";
import { fitsArena, makeArena } from "./arena.ts";
import type { EngineShape, Kernels } from "./kernels.ts";
import { hasWasmKernels } from "./kernels/instance.ts";
import type { BoosterOptions } from "./options.ts";
import { PlainKernels } from "./plain_kernels.ts";
import { WasmKernels } from "./wasm_kernels.ts";

/** Kernels of the wanted kind for a training on one thread. @throws {UsageError} */
export function makeKernels(shape: EngineShape, kind: BoosterOptions["kernels"]): Kernels {
  return usesWasm(shape, kind)
    ? new WasmKernels(shape, makeArena(shape), 0)
    : new PlainKernels(shape);
}

/**
 * Whether a training runs on the compiled kernels: where they are wanted and there is WASM with
 * shared memory, and the training fits into its 4 GiB.
 *
 * @throws {UsageError} where they are demanded and can't be had.
 */
export function usesWasm(shape: EngineShape, kind: BoosterOptions["kernels"]): boolean {
  if (kind === "plain") return false;
  const can = hasWasmKernels() && fitsArena(shape);
  if (kind === "wasm" && !can) {
    throw new UsageError(
      "kernels: found wasm, expected plain: no WASM with shared memory here, or too much data",
    );
  }
  return can;
}
