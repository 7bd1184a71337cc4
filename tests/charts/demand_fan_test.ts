import assert from "node:assert/strict";
import { demandFan, forecastLosses, renderSvg } from "../../lib/charts/mod.ts";
import { HOUR_MS } from "../../lib/core/mod.ts";

const fan = {
  label: "peer",
  capacitySat: 1_000_000,
  localBalanceSat: 300_000,
  points: [6, 24, 72].map((hours) => ({
    horizonMs: hours * HOUR_MS,
    outbound: { half: 4_000 * hours, most: 10_000 * hours },
    inbound: { half: 0, most: 2_000 * hours },
  })),
};

Deno.test("demandFan tells when demand may exceed the balance and draws both sides", async () => {
  const spec = demandFan(fan);
  assert.match(spec.summary, /outbound demand may exceed it within 72 h/);
  assert.match(spec.summary, /inbound demand stays within/);
  const [out] = spec.config.data.datasets;
  assert.deepEqual(out.data.at(-1), { x: 72, y: 300_000 - 720_000 });
  assert.match(await renderSvg(spec), /<svg[\s\S]*<\/svg>/);
});

Deno.test("forecastLosses counts where the model is clearly better or worse", () => {
  const loss = (ours: boolean, low: number, high: number) => ({
    ...{ horizon: "24 h", forecast: ours ? "model" : "last window", ours },
    ...{ change: (low + high) / 2, low, high },
  });
  const losses = [loss(true, -0.1, -0.05), loss(true, -0.1, 0.1), loss(false, 0, 0)];
  assert.match(
    forecastLosses(losses).summary,
    /of 2 horizons .* better .* at 1, clearly worse at 0/,
  );
});
