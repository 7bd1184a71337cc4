import assert from "node:assert/strict";
import { compileKernels, KERNEL_MODULE, kernelModule } from "../../tasks/lib/kernels.ts";

Deno.test("the committed kernels are what their sources compile to", async () => {
  const committed = await Deno.readTextFile(KERNEL_MODULE);
  assert.equal(committed, kernelModule(await compileKernels()), "run deno task build:kernels");
});
