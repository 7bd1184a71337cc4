import { trainBooster } from "../../lib/gbt/mod.ts";
import { growerContract } from "../contracts/grower.ts";

growerContract(
  "WasmKernels",
  (work) => work((data, options) => trainBooster(data, { ...options, kernels: "wasm" })),
  trainBooster,
);
