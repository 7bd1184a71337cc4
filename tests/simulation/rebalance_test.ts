import assert from "node:assert/strict";
import type { SuggestionResult } from "../../lib/protocol/mod.ts";
import { START_MS } from "./helpers.ts";
import { decideSuggestion } from "../../lib/simulation/mod.ts";
import { suggestionFromLegacy } from "../../lib/simulation/live/legacy_suggestion.ts";
import { applied, networkOf, ringNetwork, smallSimulation, suggestion } from "./helpers.ts";

Deno.test("applySuggestion moves balances, pays the forwarders and charges the operator", () => {
  const { simulation, events } = smallSimulation(ringNetwork(), ["o"]);
  const result = applied(simulation, suggestion());
  // b charges 100 ppm for coming home, a 300 ppm of what b gets.
  assert.deepEqual([result.status, result.amountMsat, result.feeMsat, result.attempts], [
    "applied",
    100_000_000,
    10_000 + 30_003,
    1,
  ]);
  assert.equal(simulation.account("o").rebalanceCostMsat, 40_003);
  assert.equal(simulation.account("a").forwardIncomeMsat, 30_003);
  assert.equal(simulation.account("b").forwardIncomeMsat, 10_000);
  const local = new Map(
    simulation.channelStates("o").map((c) => [c.channelId, c.localBalanceSat]),
  );
  assert.deepEqual([local.get("oa"), local.get("ob")], [799_959, 200_000]);
  assert.deepEqual(result.channels.map((c) => c.localBalanceSat), [799_959, 200_000]);
  assert.deepEqual(events.map((e) => e.kind), ["channel_state", "channel_state", "rebalance"]);
  simulation.check();
});

Deno.test("applySuggestion tries the next route after a failure, within the fee limit", () => {
  const { simulation } = smallSimulation(ringNetwork(50_000), ["o"]);
  const result = applied(simulation, suggestion());
  assert.deepEqual([result.status, result.attempts], ["applied", 2]);
  assert.equal(simulation.account("c").forwards, 1);
  const tries = result.tries!.map(({ channels, settled, failedHop, reason }) => ({
    ...{ way: channels.join(" "), settled, failedHop, reason },
  }));
  assert.deepEqual(tries, [
    { way: "oa ab ob", settled: false, failedHop: 1, reason: "insufficient_balance" },
    { way: "oa ac cb ob", settled: true, failedHop: undefined, reason: undefined },
  ]);
  simulation.check();
});

Deno.test("onProgress tells of each attempt as it is sent, and of its end", () => {
  const { simulation } = smallSimulation(ringNetwork(50_000), ["o"]);
  const steps: string[] = [];
  simulation.onProgress = ({ id, feeLimitMsat, tries, underWay }) => {
    assert.deepEqual([id, feeLimitMsat], [suggestion().id, suggestion().feeLimitMsat]);
    const ended = tries.map(({ settled }) => settled ? "settled" : "failed");
    steps.push([...ended, ...underWay.map(({ channels }) => channels.join(" "))].join(", "));
  };
  applied(simulation, suggestion());
  assert.deepEqual(steps, [
    "oa ab ob",
    "failed",
    "failed, oa ac cb ob",
    "failed, settled",
  ]);
});

Deno.test("applySuggestion moves in parts what no single route carries", () => {
  const network = networkOf(
    ["o", "a", 1, 1, 900_000],
    ["o", "b", 1, 100, 100_000],
    ["a", "b", 300, 1, 60_000],
  );
  const { simulation } = smallSimulation(network, ["o"]);
  const result = applied(simulation, suggestion());
  assert.equal(result.status, "applied");
  // The one way holds 59,400 sat.
  assert(result.amountMsat >= 50_000_000 && result.amountMsat <= 59_400_000);
  assert.equal(result.reason, "no route for the rest");
  assert(result.feeMsat <= 50_000);
  simulation.check();
});

Deno.test("applySuggestion never pays more than the fee limit", () => {
  const limits = [0, 9_999, 39_999, 40_003];
  const statuses = limits.map((feeLimitMsat) => {
    const { simulation } = smallSimulation(ringNetwork(), ["o"]);
    const result = applied(simulation, suggestion({ feeLimitMsat }));
    assert(result.feeMsat <= feeLimitMsat);
    return result.status;
  });
  assert.deepEqual(statuses, ["failed", "failed", "failed", "applied"]);
});

Deno.test("applySuggestion refuses with a reason, and nothing moves", () => {
  const network = networkOf(
    ["o", "a", 1, 1, 900_000],
    ["o", "b", 1, 100, 100_000],
    ["o", "d", 1, 1, 950_000],
    ["a", "b", 300, 1, 500_000],
  );
  const { simulation, events } = smallSimulation(network, ["o"]);
  simulation.runUntil(START_MS);
  const cases: [Parameters<typeof suggestion>[0], RegExp][] = [
    [{ expiresAt: START_MS - 5000 }, /^expired 5 s ago$/],
    [{ node: "a" }, /not a node that takes suggestions/],
    [{ node: "zz" }, /not a node that takes suggestions/],
    [{ sourceChannel: "zz" }, /unknown source channel/],
    [{ targetChannel: "zz" }, /unknown target channel/],
    [{ targetChannel: "ab" }, /target channel is not the node's/],
    [{ targetChannel: "oa", targetNode: "a" }, /same channel/],
    [{ targetNode: "c" }, /target channel leads to another peer/],
    [{ amountMsat: 900_000_001 }, /insufficient local balance/],
    [{
      sourceChannel: "ob",
      sourceNode: "b",
      targetChannel: "oa",
      targetNode: "a",
      amountMsat: 100_000_001,
    }, /insufficient local balance/],
    [{ targetChannel: "od", targetNode: "d" }, /insufficient remote balance/],
  ];
  const before = [...simulation.balances.balanceMsat];
  for (const [change, reason] of cases) {
    const result = applied(simulation, suggestion(change));
    assert.equal(result.status, "refused");
    assert.match(result.reason!, reason);
  }
  assert.deepEqual([...simulation.balances.balanceMsat], before);
  assert.equal(events.filter((e) => e.kind === "rebalance").length, cases.length);
});

Deno.test("decideSuggestion refuses what is below the confidence threshold", () => {
  const { simulation } = smallSimulation(ringNetwork(), ["o"]);
  const results: SuggestionResult[] = [];
  for (const confidence of [0.69, 0.7]) {
    decideSuggestion(simulation, suggestion({ confidence }), 0.7, (r) => results.push(r));
  }
  assert.deepEqual(results.map(({ status }) => status), ["refused", "applied"]);
  assert.equal(results[0].reason, "below the confidence threshold (0.69 < 0.7)");
  assert.deepEqual(simulation.statistics().suggestions, { applied: 1, refused: 1, failed: 0 });
});

Deno.test("suggestionFromLegacy finds an operator with channels to both nodes, or says why not", () => {
  const { simulation } = smallSimulation(ringNetwork(), ["c", "o"]);
  const legacy = { fromNode: "a", toNode: "b", amountSat: 150_000, confidence: 0.8 };
  const found = suggestionFromLegacy(simulation, legacy, "legacy-1");
  assert(typeof found !== "string");
  // c has channels to both as well and stands first, but holds too little.
  assert.equal(found.node, "o");
  assert.deepEqual([found.sourceChannel, found.targetChannel], ["oa", "ob"]);
  assert.equal(found.amountMsat, 150_000_000);
  assert.equal(
    suggestionFromLegacy(simulation, { ...legacy, toNode: "zz" }, "x"),
    "unknown node zz",
  );
  assert.match(String(suggestionFromLegacy(simulation, { ...legacy, toNode: "a" }, "x")), /same/);
  assert.match(
    String(suggestionFromLegacy(simulation, { ...legacy, toNode: "o" }, "x")),
    /no operator/,
  );
});
