/**
 * Compiles the kernels of boosted trees (`lib/gbt/kernels/*.as`, AssemblyScript) into
 * `lib/gbt/kernels/wasm.ts`, which carries the bytes. The same sources give the same bytes.
 *
 *     deno task build:kernels
 */
import { compileKernels, KERNEL_MODULE, kernelModule } from "./lib/kernels.ts";

const bytes = await compileKernels();
await Deno.writeTextFile(KERNEL_MODULE, kernelModule(bytes));
console.log(`${KERNEL_MODULE}: ${bytes.length} bytes of WASM`);
