import assert from "node:assert/strict";
import { join } from "node:path";
import { DAY_MS } from "../../lib/core/mod.ts";
import { trainForecastModel } from "../../lib/learning/mod.ts";
import { buildFeatures, readFeatureTable } from "../../lib/liquidity/mod.ts";

/** Names the forwarding log of a real node, as `features` takes it. Not part of the repository. */
const LOG = Deno.env.get("ROUTING_LOG");

Deno.test({
  name: "trainForecastModel on a real node's log, named by ROUTING_LOG, beats repeating the past",
  ignore: LOG === undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const output = join(folder, "features.csv");
      await buildFeatures({ input: LOG!, output, horizonMs: DAY_MS, skipInvalid: true });
      const table = await readFeatureTable(output);
      const { model } = trainForecastModel(table, { id: "model_log", createdMs: 0 });
      const { test } = model.metrics;
      console.log(test);
      assert.ok(test.model.pinballSat < test.persistence.pinballSat);
      assert.ok(test.model.pinballSat < test.ewma_fitted.pinballSat);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
if (LOG === undefined) console.log("skipped: ROUTING_LOG names no forwarding log of a real node");
