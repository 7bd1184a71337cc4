import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import { type Network, RouteFinder } from "../../lib/network/mod.ts";
import { randomNetwork, smallNetwork } from "./helpers.ts";

const sat = (amount: number) => amount * 1000;

function names(network: Network, directions: readonly number[] | undefined): string {
  return (directions ?? []).map((d) => network.nodeIds[network.source[d]]).join("");
}

/** All simple paths, priced hop by hop from the end: the naive twin of a search for least fees. */
function cheapestFee(network: Network, sender: number, receiver: number, amountMsat: number) {
  let best = Infinity;
  const walk = (node: number, owedMsat: number, seen: Set<number>) => {
    for (const out of network.directionsFrom(node)) {
      const direction = out ^ 1, from = network.source[direction];
      if (seen.has(from) || !network.carries(direction, owedMsat)) continue;
      if (from === sender) best = Math.min(best, owedMsat - amountMsat);
      else {
        const sent = owedMsat + network.feeMsat(direction, owedMsat);
        if (sent - amountMsat < best) walk(from, sent, new Set([...seen, from]));
      }
    }
  };
  walk(receiver, amountMsat, new Set([receiver]));
  return best;
}

/** Only fees count. */
const FEES_ONLY = { riskPerBlock: 0, attemptCostMsat: 0, attemptCostPpm: 0, minProbability: 0 };

Deno.test("RouteFinder.findRoute finds the least fee of all simple paths", () => {
  let found = 0;
  for (let seed = 1; seed <= 30; seed++) {
    const network = randomNetwork(12, seed);
    const finder = new RouteFinder(network);
    const rng = seededRng(seed);
    for (let i = 0; i < 10; i++) {
      const sender = rng.int(12), receiver = (sender + 1 + rng.int(11)) % 12;
      const amountMsat = sat(1 + rng.int(200_000));
      const route = finder.findRoute({ sender, receiver, amountMsat, ...FEES_ONLY });
      assert.equal(
        route?.feeMsat ?? Infinity,
        cheapestFee(network, sender, receiver, amountMsat),
      );
      if (route) found++;
    }
  }
  assert(found > 100, `${found} routes`);
});

Deno.test("RouteFinder routes are paths whose hops carry exactly amount and fees", () => {
  const network = randomNetwork(300, 3);
  const finder = new RouteFinder(network);
  const rng = seededRng(9);
  let found = 0;
  for (let i = 0; i < 200; i++) {
    const sender = rng.int(300), receiver = (sender + 1 + rng.int(299)) % 300;
    const amountMsat = sat(1 + rng.int(300_000));
    const route = finder.findRoute({ sender, receiver, amountMsat });
    if (!route) continue;
    found++;
    checkRoute(network, route.directions, route.amountsMsat, sender, receiver, amountMsat);
    assert.equal(route.feeMsat, route.amountsMsat[0] - amountMsat);
    const probability = finder.routeProbability(route.directions, route.amountsMsat);
    assert(Math.abs(probability - route.probability) < 1e-9);
  }
  assert(found > 60, `${found} routes`);
});

function checkRoute(
  network: Network,
  directions: readonly number[],
  amountsMsat: readonly number[],
  sender: number,
  receiver: number,
  amountMsat: number,
) {
  assert.equal(network.source[directions[0]], sender);
  assert.equal(network.source[directions.at(-1)! ^ 1], receiver);
  assert.equal(amountsMsat.at(-1), amountMsat);
  for (let hop = 1; hop < directions.length; hop++) {
    assert.equal(network.source[directions[hop - 1] ^ 1], network.source[directions[hop]]);
    assert(network.carries(directions[hop], amountsMsat[hop]));
    assert.equal(
      amountsMsat[hop - 1] - amountsMsat[hop],
      network.feeMsat(directions[hop], amountsMsat[hop]),
    );
  }
}

Deno.test("RouteFinder.findRoute minds fee limit, time locks, hops, disabled and known failures", () => {
  const network = smallNetwork("s-a:0/0", "a-r:100/0", "s-b:0/0", "b-c:500/0", "c-r:500/0");
  const finder = new RouteFinder(network);
  const request = { sender: 0, receiver: network.nodeOf("r")!, amountMsat: sat(100_000) };
  const way = (change = {}) =>
    names(network, finder.findRoute({ ...request, ...change })?.directions);
  assert.equal(way(), "sa");
  assert.equal(way({ feeLimitMsat: 10_000 }), "sa");
  assert.equal(way({ feeLimitMsat: 9_999 }), "");
  assert.equal(way({ cltvLimit: 40 + 40 }), "sa");
  assert.equal(way({ cltvLimit: 40 + 39 }), "");
  assert.equal(way({ maxHops: 1 }), "");
  finder.bounds.learnFailure(network.directionFrom(1, network.channelOf("ar")!)!, sat(100_001));
  assert.equal(way(FEES_ONLY), "sa");
  finder.bounds.learnFailure(network.directionFrom(1, network.channelOf("ar")!)!, sat(100_000));
  assert.equal(way(FEES_ONLY), "sbc");
  assert.equal(way(), "sbc");
  assert.equal(way({ maxHops: 2 }), "");
  network.setDisabled(network.directionFrom(network.nodeOf("b")!, network.channelOf("bc")!)!, true);
  assert.equal(way(), "");
  finder.bounds.reset();
  assert.equal(way(), "sa");
  assert.equal(way({ amountMsat: sat(1_000_001) }), "");
  assert.equal(way({ receiver: 0 }), "");
});

Deno.test("RouteFinder.findRoute prefers the likelier way where failing costs more than fees", () => {
  const network = smallNetwork("s-a:0/0", "a-r:0/0", "s-b:0/0", "b-r:50/0");
  const finder = new RouteFinder(network);
  const request = { sender: 0, receiver: network.nodeOf("r")!, amountMsat: sat(400_000) };
  finder.bounds.learnSuccess(network.directionFrom(3, network.channelOf("br")!)!, sat(500_000));
  finder.bounds.learnSuccess(network.directionFrom(0, network.channelOf("sb")!)!, sat(500_000));
  assert.equal(names(network, finder.findRoute(request)?.directions), "sb");
  assert.equal(names(network, finder.findRoute({ ...request, ...FEES_ONLY })?.directions), "sa");
});

Deno.test("RouteFinder.findCircularRoute goes out and back by the channels it is told", () => {
  const network = smallNetwork("n-a:9/9", "a-b:100/0", "b-n:300/7", "a-n:0/0");
  const finder = new RouteFinder(network);
  const request = {
    node: 0,
    sourceChannel: network.channelOf("na")!,
    targetChannel: network.channelOf("bn")!,
    amountMsat: sat(100_000),
  };
  const route = finder.findCircularRoute(request)!;
  assert.equal(names(network, route.directions), "nab");
  // b charges 300 ppm of what comes back, a 100 ppm of that and b's fee.
  assert.deepEqual(route.amountsMsat, [100_040_003, 100_030_000, 100_000_000]);
  assert.equal(route.feeMsat, 40_003);
  assert.equal(finder.findCircularRoute({ ...request, feeLimitMsat: 40_002 }), undefined);
  assert.equal(finder.findCircularRoute({ ...request, sourceChannel: 2 }), undefined);
  const parallel = finder.findCircularRoute({ ...request, targetChannel: 3 })!;
  assert.equal(names(network, parallel.directions), "na");
  assert.equal(parallel.feeMsat, 0);
});

Deno.test("RouteFinder.circularCosts tells for every source channel what findCircularRoute finds", () => {
  const network = randomNetwork(120, 7);
  const finder = new RouteFinder(network);
  const rng = seededRng(1);
  let compared = 0;
  for (let i = 0; i < 25; i++) {
    const targetChannel = rng.int(network.channelCount);
    const node = network.source[2 * targetChannel + rng.int(2)];
    const amountMsat = sat(10_000 + rng.int(200_000));
    const request = { node, targetChannel, amountMsat, feeLimitMsat: sat(1000) };
    const costs = finder.circularCosts(request);
    for (const out of network.directionsFrom(node)) {
      const route = finder.findCircularRoute({ ...request, sourceChannel: out >> 1 });
      const cost = costs.get(out >> 1);
      assert.equal(cost?.feeMsat, route?.feeMsat);
      assert.equal(cost?.hops, route?.directions.length);
      assert.equal(cost?.probability, route?.probability);
      if (route) {
        checkRoute(network, route.directions, route.amountsMsat, node, node, amountMsat);
        compared++;
      }
    }
  }
  assert(compared > 50, `${compared} compared`);
});
