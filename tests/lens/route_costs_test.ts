import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import { COST_PRIOR, RouteCosts } from "../../lib/lens/mod.ts";
import { generateNetwork, LiquidityPrior, RouteFinder } from "../../lib/network/mod.ts";
import type { SuggestionResult } from "../../lib/protocol/mod.ts";
import { smallNetwork } from "../network/helpers.ts";
import { suggestion } from "../simulation/helpers.ts";

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

function close(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 1e-9, `${found}, expected ${expected}`);
}

Deno.test("RouteCosts uses the prior where no graph is known", () => {
  const estimate = new RouteCosts().estimator(0);
  const route = estimate({ node: "me", targetChannel: "b", amountMsat: 1e9 })("a")!;
  assert.equal(route.feeMsat, COST_PRIOR.baseFeeMsat + 1e9 * COST_PRIOR.feeRatePpm / 1e6);
  close(route.probability, COST_PRIOR.probability);
});

Deno.test("RouteCosts learns from results, forgets them, and ignores refusals", () => {
  const costs = new RouteCosts();
  const chance = (timeMs: number) =>
    costs.estimator(timeMs)({ node: "me", targetChannel: "b", amountMsat: 1e9 })("a")!.probability;
  costs.learn(0, result("refused"));
  close(chance(0), COST_PRIOR.probability);
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
  const finder = new RouteFinder(network, new LiquidityPrior(network));
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

/** me joins a and b, which are joined directly for 100 ppm and by c for 300. */
function ring(costs = new RouteCosts()) {
  const network = smallNetwork("me-a:1/1", "me-b:1/1", "a-b:100/1", "a-c:150/1", "c-b:150/1");
  costs.setNetwork(network);
  const query = { node: "me", targetChannel: "meb", amountMsat: 160_000_000 };
  return { network, costs, estimate: (timeMs: number) => costs.estimator(timeMs)(query)("mea")! };
}

/** An attempt along the ring's cheapest way that failed at a-b. */
const FAILED: SuggestionResult = {
  ...result("failed"),
  sourceChannel: "mea",
  targetChannel: "meb",
  tries: [{
    ...{ channels: ["mea", "ab", "meb"], amountMsat: 160e6, feeMsat: 1 },
    ...{ settled: false, failedHop: 1 },
  }],
};

Deno.test("RouteCosts looks for another way where an attempt failed, until that is forgotten", () => {
  const { costs, estimate } = ring();
  const before = estimate(0);
  costs.learn(0, FAILED);
  const after = estimate(1);
  assert.ok(after.feeMsat > 2 * before.feeMsat, `${before.feeMsat}, then ${after.feeMsat}`);
  assert.ok(after.probability < before.probability);
  assert.equal(estimate(240 * HOUR_MS).feeMsat, before.feeMsat);
});

Deno.test("RouteCosts keeps what it learned when the same graph is announced anew", () => {
  const { network, costs, estimate } = ring();
  costs.learn(0, FAILED);
  const known = estimate(1);
  for (let i = 0; i < 3; i++) costs.setNetwork(network.clone());
  assert.deepEqual(estimate(1), known);
});

Deno.test("RouteCosts carries what it learned over to a graph with other channels and numbers", () => {
  const { network, costs, estimate } = ring();
  costs.learn(0, FAILED);
  const known = estimate(1).feeMsat;
  const others = ["c-b:150/1", "c-d:9/9", "a-c:150/1", "a-b:100/1", "me-b:1/1", "me-a:1/1"];
  costs.setNetwork(smallNetwork(...others));
  assert.equal(estimate(1).feeMsat, known);
  costs.setNetwork(smallNetwork("a-d:1/1", "a-b:100/1"));
  costs.setNetwork(network);
  assert.equal(estimate(1).feeMsat, known, "a graph that lacked the node and a way");
  costs.setNetwork(smallNetwork("me-a:1/1", "me-b:1/1", "a-c:150/1", "c-b:150/1"));
  costs.setNetwork(network);
  assert.ok(estimate(1).feeMsat < known, "the channel itself was gone for a while");
});

Deno.test("RouteCosts learns tries that came before the graph when it comes, the newest of them", () => {
  const early = (results: SuggestionResult[]) => {
    const costs = new RouteCosts();
    for (const one of results) costs.learn(0, one);
    const { network, estimate } = ring(costs);
    const { raw } = estimate(1);
    costs.setNetwork(network.clone());
    assert.deepEqual(estimate(1).raw, raw, "they are learned once");
    return raw;
  };
  const late = ring();
  const unknown = late.estimate(1).raw;
  late.costs.learn(0, FAILED);
  const elsewhere = { ...FAILED, node: "somebody" };
  const many = Array<SuggestionResult>(1999).fill(elsewhere);
  assert.notDeepEqual(late.estimate(1).raw, unknown);
  assert.deepEqual(early([FAILED]), late.estimate(1).raw);
  early([{ ...FAILED, tries: FAILED.tries!.map((attempt) => ({ ...attempt, settled: true })) }]);
  assert.deepEqual(early([FAILED, ...many]), late.estimate(1).raw);
  assert.deepEqual(early([FAILED, ...many, elsewhere]), unknown, "2,000 results are kept");
});

Deno.test("RouteCosts recalibrates what arrives and what it costs by results", () => {
  const { costs, estimate } = ring();
  const first = estimate(0);
  for (let i = 0; i < 60; i++) {
    const id = `s${i}`;
    const one = suggestion({ id, node: "me", sourceChannel: "mea", targetChannel: "meb" });
    costs.expect({ ...one, amountMsat: 160e6 }, estimate(i));
    const moved = i % 10 === 0;
    costs.learn(i, {
      ...result(moved ? "applied" : "failed"),
      ...{ id, sourceChannel: "mea", targetChannel: "meb" },
      ...{ amountMsat: moved ? 80e6 : 0, feeMsat: moved ? first.feeMsat : 0 },
    });
  }
  const last = estimate(60);
  assert.ok(last.probability < 0.15, `a twentieth arrives, expected ${last.probability}`);
  assert.ok(last.feeMsat > 1.3 * first.feeMsat, "half of it cost as much as all should have");
});
