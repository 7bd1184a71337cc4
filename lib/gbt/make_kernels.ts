import type { EngineShape, Kernels } from "./kernels.ts";
import type { BoosterOptions } from "./options.ts";
import { PlainKernels } from "./plain_kernels.ts";

/** Kernels of the wanted kind for one thread. */
export function makeKernels(shape: EngineShape, _kind: BoosterOptions["kernels"]): Kernels {
  return new PlainKernels(shape);
}
