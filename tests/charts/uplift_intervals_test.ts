import assert from "node:assert/strict";
import { renderSvg, upliftIntervals } from "../../lib/charts/mod.ts";

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

Deno.test("upliftIntervals has each value as a number, and says what the bars are", async () => {
  const drawn = upliftIntervals("base", uplifts);
  const axis = drawn.config.options!.scales!.x! as { title: { text: string } };
  assert.match(axis.title.text, /log points .*; bars are 95 % intervals$/);
  const marks = async (config: typeof drawn.config) =>
    (await renderSvg({ ...drawn, config })).match(/<(path|text|use)\b/g)!.length;
  const numbers = await marks(drawn.config) - await marks({ ...drawn.config, plugins: [] });
  assert.ok(numbers >= uplifts.length, `${numbers} numbers`);
});
