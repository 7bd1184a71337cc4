/**
 * LightningLens: `deno task COMMAND` and the compiled binary both start here.
 *
 * @module
 */
import { runProgram } from "./lib/cli/mod.ts";

if (import.meta.main) Deno.exit(await runProgram(Deno.args));
