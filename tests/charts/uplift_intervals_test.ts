import assert from "node:assert/strict";
import { upliftIntervals } from "../../lib/charts/mod.ts";

const uplifts = [
  { policy: "good", value: 20, low: 5, high: 35 },
  { policy: "unclear", value: 3, low: -10, high: 16 },
  { policy: "bad", value: -40, low: -70, high: -10 },
  { policy: "single", value: 9, low: -Infinity, high: Infinity },
];

Deno.test("upliftIntervals has a dot a policy, on its interval where one is known", () => {
  const { config, name } = upliftIntervals("base", uplifts);
  assert.equal(name, "uplift_base");
  assert.deepEqual(config.data.labels, ["good", "unclear", "bad", "single"]);
  const [dots, bars] = config.data.datasets;
  assert.deepEqual(dots.data, [20, 3, -40, 9]);
  assert.deepEqual(bars.data, [[5, 35], [-10, 16], [-70, -10], null]);
});

Deno.test("upliftIntervals says who is clearly better or worse than nothing", () => {
  assert.equal(
    upliftIntervals("base", uplifts).summary,
    "Clearly more than doing nothing: good. Clearly less: bad.",
  );
  assert.match(upliftIntervals("base", uplifts.slice(1, 2)).summary, /no policy\. .*no policy\./);
  assert.match(upliftIntervals("base", []).summary, /No policy was compared/);
});
