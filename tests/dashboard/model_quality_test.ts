import assert from "node:assert/strict";
import { coverage, lossRows, modelQuality } from "../../lib/dashboard/app/model_quality.ts";
import { fakePerformance } from "../e2e/fake_data.ts";

function performance(losses: Record<string, number | null>, samples = 100) {
  return { ...fakePerformance(), metrics: { samples, losses } };
}

Deno.test("modelQuality compares our best forecaster with the best baseline", () => {
  const quality = modelQuality(performance({ model: 0.9, online: 0.8, ewma: 1, persistence: 2 }));
  assert.equal(quality.value, "20.0 % lower");
  assert.equal(quality.tone, "good");
});

Deno.test("modelQuality says so when a baseline is better", () => {
  const quality = modelQuality(performance({ model: 1.5, ewma: 1, persistence: 2 }));
  assert.equal(quality.value, "50.0 % higher");
  assert.equal(quality.tone, "bad");
});

Deno.test("modelQuality claims no difference where none shows", () => {
  const quality = modelQuality(performance({ model: 1.0001, ewma: 1, persistence: 2 }));
  assert.equal(quality.value, "equal");
});

Deno.test("modelQuality claims nothing without forecasts to judge, baselines or a model", () => {
  for (
    const none of [
      undefined,
      performance({ model: 1, ewma: 2 }, 0),
      performance({ model: 1 }),
      performance({}),
      { ...performance({ model: 1, ewma: 2 }), model: null },
    ]
  ) assert.equal(modelQuality(none).value, "–");
});

Deno.test("lossRows leaves out what is unknown and orders by loss", () => {
  const rows = lossRows(performance({ model: 2, ewma: 1, persistence: null }));
  assert.deepEqual(rows.map(({ name, ratio, own }) => [name, ratio, own]), [
    ["weighted mean", 1, false],
    ["model", 2, true],
  ]);
});

Deno.test("coverage is that of the forecasts in use", () => {
  const { metrics } = fakePerformance();
  assert.equal(coverage(fakePerformance()), 0.793);
  assert.equal(
    coverage({ ...fakePerformance(), metrics: { ...metrics, correcting: false } }),
    0.741,
  );
  assert.equal(coverage({ ...fakePerformance(), metrics: {} }), undefined);
});
