import assert from "node:assert/strict";
import { runProgram } from "../../lib/cli/mod.ts";
import { captured } from "./captured.ts";

Deno.test("uplift names a graph that is not there, before it runs anything", async () => {
  const folder = await Deno.makeTempDir();
  const graph = `${folder}/graph.json`;
  const { code, errors } = await captured(() => runProgram(["uplift", "--graph", graph]));
  assert.equal(code, 3);
  assert.deepEqual(errors, [`error: ${graph}: found "no such file", expected a channel graph`]);
  await Deno.remove(folder);
});
