import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import { COST_PRIOR, RouteCosts } from "../../lib/lens/mod.ts";
import { generateNetwork, RouteFinder } from "../../lib/network/mod.ts";
import type { SuggestionResult } from "../../lib/protocol/mod.ts";

const HOUR_MS = 3_600_000;

function result(status: SuggestionResult["status"]): SuggestionResult {
  return {
    id: "s",
    node: "me",
    sourceChannel: "a",
    targetChannel: "b",
    status,
    amountMsat: 1000,
    feeMsat: 1,
    attempts: 1,
    channels: [],
  };
}

Deno.test("RouteCosts uses the prior where no graph is known", () => {
  const estimate = new RouteCosts().estimator(0);
  const route = estimate({ node: "me", targetChannel: "b", amountMsat: 1e9 })("a")!;
  assert.equal(route.feeMsat, COST_PRIOR.baseFeeMsat + 1e9 * COST_PRIOR.feeRatePpm / 1e6);
  assert.equal(route.probability, COST_PRIOR.probability);
});

Deno.test("RouteCosts learns from results, forgets them, and ignores refusals", () => {
  const costs = new RouteCosts();
  const chance = (timeMs: number) =>
    costs.estimator(timeMs)({ node: "me", targetChannel: "b", amountMsat: 1e9 })("a")!.probability;
  costs.learn(0, result("refused"));
  assert.equal(chance(0), COST_PRIOR.probability);
  for (let i = 0; i < 4; i++) costs.learn(0, result("failed"));
  const low = chance(0);
  assert.ok(low < COST_PRIOR.probability / 2, String(low));
  assert.ok(chance(24 * HOUR_MS) > low, "a day later failures count half");
  for (let i = 0; i < 8; i++) costs.learn(0, result("applied"));
  assert.ok(chance(0) > 0.5);
});

Deno.test("RouteCosts takes fees from the graph, the same as a search for that route", () => {
  const network = generateNetwork({ nodes: 60, rng: seededRng(2) });
  const costs = new RouteCosts();
  costs.setNetwork(network);
  const estimate = costs.estimator(0);
  const finder = new RouteFinder(network);
  const amountMsat = 40_000_000;
  let compared = 0;
  for (let node = 0; node < network.nodeCount && compared < 20; node++) {
    const [target, source] = Array.from(network.directionsFrom(node), (d) => d >> 1);
    if (source === undefined) continue;
    const route = finder.findCircularRoute({
      node,
      sourceChannel: source,
      targetChannel: target,
      amountMsat,
      feeLimitMsat: amountMsat * 0.01,
    });
    const found = estimate({
      node: network.nodeIds[node],
      targetChannel: network.channelIds[target],
      amountMsat,
    })(network.channelIds[source]);
    if (route === undefined || found === undefined) continue;
    compared++;
    assert.equal(found.feeMsat, route.feeMsat);
  }
  assert.ok(compared > 5, `${compared} routes were compared`);
});

Deno.test("RouteCosts knows no route for a channel that the graph doesn't join", () => {
  const costs = new RouteCosts();
  const network = generateNetwork({ nodes: 30, rng: seededRng(2) });
  costs.setNetwork(network);
  const channel = network.directionsFrom(0)[0] >> 1;
  const query = {
    node: network.nodeIds[0],
    targetChannel: network.channelIds[channel],
    amountMsat: 1e8,
  };
  assert.equal(costs.estimator(0)(query)("no such channel"), undefined);
  assert.equal(costs.estimator(0)(query)(network.channelIds[channel]), undefined);
});
