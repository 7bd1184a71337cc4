import assert from "node:assert/strict";
import { DAY_MS } from "../../lib/core/mod.ts";
import { buildWorld, simulationOf } from "../../lib/simulation/mod.ts";
import { Latency } from "../../lib/simulation/htlc/latency.ts";
import { START_MS } from "./helpers.ts";

const quantile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(share * values.length)];

Deno.test("Latency: steps are log-normal, whole ms, and depend on seed, attempt and step alone", () => {
  const latency = new Latency(7, { medianMs: 500, sdLog: 1 });
  const steps = Array.from(
    { length: 40_000 },
    (_, i) => latency.stepMs(latency.keyOf(i >> 3, i & 7), i % 40),
  );
  assert(steps.every(Number.isInteger));
  const ratio = (share: number) => quantile(steps, share) / 500;
  assert(Math.abs(ratio(0.5) - 1) < 0.03, String(ratio(0.5)));
  assert(Math.abs(ratio(0.8413) / Math.E - 1) < 0.04, String(ratio(0.8413)));
  assert(Math.abs(ratio(0.1587) * Math.E - 1) < 0.04, String(ratio(0.1587)));
  const again = new Latency(7, { medianMs: 500, sdLog: 1 });
  assert.equal(again.stepMs(again.keyOf(3, 2), 5), latency.stepMs(latency.keyOf(3, 2), 5));
  assert.notEqual(latency.keyOf(1, 0), latency.keyOf(0, 1));
  assert.notEqual(new Latency(8).keyOf(1, 0), latency.keyOf(1, 0));
});

Deno.test("Forwards that settle take what was measured at a real routing node", async () => {
  const took: number[] = [];
  for (const seed of [1, 2]) {
    const world = await buildWorld({ nodes: 300, operators: 5, seed });
    const options = { startMs: START_MS, paymentsPerDay: 3000, warmUpMs: 0 };
    const simulation = simulationOf(world, options);
    simulation.onHop = (hop) => hop.outcome === "settled" && took.push(hop.tookMs);
    simulation.runUntil(START_MS + DAY_MS);
  }
  const median = quantile(took, 0.5), most = quantile(took, 0.99);
  // Measured: 2.8 s and 119 s.
  assert(median > 2200 && median < 3400, `median ${median} ms`);
  assert(most > 90_000 && most < 150_000, `99 % within ${most} ms`);
});
