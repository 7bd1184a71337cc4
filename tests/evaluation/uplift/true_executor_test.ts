import assert from "node:assert/strict";
import { HOUR_MS } from "../../../lib/core/mod.ts";
import { TrueExecutor } from "../../../lib/evaluation/uplift/true_executor.ts";
import type { Suggestion, SuggestionResult } from "../../../lib/protocol/mod.ts";
import { networkOf, smallSimulation } from "../../simulation/helpers.ts";

/** `me` lies between `s` and `t`; the short way between those is all but empty, the long one not. */
function setUp(longWaySat: number) {
  const network = networkOf(
    ["me", "s", 10, 10, 900_000],
    ["t", "me", 10, 10, 900_000],
    ["s", "t", 20, 20, 1000],
    ["s", "x", 100, 100, longWaySat],
    ["x", "t", 100, 100, 800_000],
  );
  const { simulation } = smallSimulation(network, ["me"], {
    traffic: { paymentsPerDay: 1e-6 },
  });
  const apply = (feeLimitMsat: number) => {
    const results: SuggestionResult[] = [];
    const suggestion: Suggestion = {
      ...{ id: "1", node: "me", sourceNode: "s", sourceChannel: "mes" },
      ...{ targetNode: "t", targetChannel: "tme", amountMsat: 400_000_000, feeLimitMsat },
      ...{ confidence: 1, expectedGainMsat: 1, expectedFeeMsat: 1, expiresAt: Infinity },
      ...{ sourceOptimalRatio: 0.5, targetOptimalRatio: 0.5, reasons: [] },
    };
    new TrueExecutor(simulation).apply(suggestion, (result) => results.push(result));
    simulation.runUntil(simulation.nowMs + HOUR_MS);
    assert.equal(results.length, 1);
    simulation.check();
    return results[0];
  };
  return { simulation, apply };
}

Deno.test("TrueExecutor takes the route that holds the amount, at the first attempt", () => {
  const { simulation, apply } = setUp(800_000);
  const result = apply(400_000);
  assert.deepEqual([result.status, result.amountMsat, result.attempts], ["applied", 4e8, 1]);
  // s and x ask 100 ppm each, t 10: 84 sat for 400,000.
  assert.equal(Math.floor(result.feeMsat / 1000), 84);
  const target = simulation.channelStates("me").find(({ channelId }) => channelId === "tme")!;
  assert.equal(target.localBalanceSat, 500_000);
  assert.deepEqual(result.channels.find(({ channelId }) => channelId === "tme"), target);
});

Deno.test("TrueExecutor moves the largest parts that routes hold", () => {
  const { apply } = setUp(150_000);
  const result = apply(400_000);
  assert.equal(result.status, "applied");
  assert.equal(result.amountMsat, 100_000_000);
});

Deno.test("TrueExecutor keeps to the fee limit", () => {
  const { status, amountMsat, attempts } = setUp(800_000).apply(60_000);
  assert.deepEqual([status, amountMsat, attempts], ["failed", 0, 0]);
});
