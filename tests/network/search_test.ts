import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import {
  initialBalances,
  type Network,
  type Route,
  RouteFinder,
  SEARCH_DEFAULTS,
} from "../../lib/network/mod.ts";
import { randomNetwork } from "./helpers.ts";

interface Label {
  cost: number;
  weight: number;
  amountMsat: number;
  chance: number;
  cltv: number;
  hops: number;
}

/** LND's rule without any shortcut: all nodes are looked at, the least label is settled, again and again. */
function naiveCost(
  network: Network,
  finder: RouteFinder,
  { sender, receiver, amountMsat, feeLimitMsat }: {
    sender: number;
    receiver: number;
    amountMsat: number;
    feeLimitMsat: number;
  },
): number | undefined {
  const limits = SEARCH_DEFAULTS;
  const attemptCost = limits.attemptCostMsat + amountMsat * limits.attemptCostPpm / 1e6;
  const labels = new Map<number, Label>([
    [receiver, { cost: 0, weight: 0, amountMsat, chance: 1, cltv: 40, hops: 0 }],
  ]);
  const settled = new Set<number>();
  while (true) {
    const open = [...labels].filter(([node]) => !settled.has(node));
    if (open.length === 0) return undefined;
    const [node, label] = open.reduce((a, b) => b[1].cost < a[1].cost ? b : a);
    if (node === sender) return label.cost;
    settled.add(node);
    if (label.hops >= limits.maxHops) continue;
    for (const out of network.directionsFrom(node)) {
      const direction = out ^ 1, from = network.source[direction];
      if (settled.has(from) || !network.carries(direction, label.amountMsat)) continue;
      const pays = from === sender;
      if (!pays && network.degree(from) === 1) continue;
      const fee = pays ? 0 : network.feeMsat(direction, label.amountMsat);
      const delta = pays ? 0 : network.cltvDelta[direction];
      const sent = label.amountMsat + fee, cltv = label.cltv + delta;
      const chance = label.chance * finder.bounds.probability(direction, label.amountMsat);
      if (sent - amountMsat > feeLimitMsat || cltv > limits.cltvLimit) continue;
      if (chance < limits.minProbability || chance === 0) continue;
      const weight = label.weight + fee + sent * delta * limits.riskPerBlock;
      const cost = weight + attemptCost / chance;
      if (cost >= (labels.get(from)?.cost ?? Infinity)) continue;
      labels.set(from, { cost, weight, amountMsat: sent, chance, cltv, hops: label.hops + 1 });
    }
  }
}

/** What a route costs by the same rule. */
function costOf(network: Network, { directions, amountsMsat, feeMsat, probability }: Route) {
  const amountMsat = amountsMsat[amountsMsat.length - 1];
  let risk = 0;
  for (let hop = 1; hop < directions.length; hop++) {
    risk += amountsMsat[hop - 1] * network.cltvDelta[directions[hop]] *
      SEARCH_DEFAULTS.riskPerBlock;
  }
  const attemptCost = SEARCH_DEFAULTS.attemptCostMsat +
    amountMsat * SEARCH_DEFAULTS.attemptCostPpm / 1e6;
  return feeMsat + risk + attemptCost / probability;
}

for (const knows of ["nothing", "own channels", "own channels and failures", "successes"]) {
  Deno.test(`RouteFinder finds routes as cheap as without shortcuts, knowing ${knows}`, () => {
    let found = 0, none = 0, cheaper = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const network = randomNetwork(60, seed);
      const balances = initialBalances(network, seededRng(seed));
      const finder = new RouteFinder(network);
      const rng = seededRng(seed);
      for (let i = 0; i < 25; i++) {
        const sender = rng.int(60), receiver = (sender + 1 + rng.int(59)) % 60;
        const amountMsat = Math.round(Math.exp(10 + 2 * rng.normal())) * 1000;
        finder.bounds.reset();
        if (knows.startsWith("own")) {
          for (const out of network.directionsFrom(sender)) {
            finder.bounds.learnExact(out, balances.availableMsat(out));
          }
        }
        if (knows !== "nothing" && knows !== "own channels") {
          for (let k = 0; k < 20; k++) {
            const direction = rng.int(2 * network.channelCount);
            if (network.source[direction] === sender) continue;
            const half = network.capacitySat[direction >> 1] * 500;
            if (knows === "successes") finder.bounds.learnSuccess(direction, half);
            else finder.bounds.learnFailure(direction, half);
          }
        }
        const request = { sender, receiver, amountMsat, feeLimitMsat: amountMsat / 50 + 5000 };
        const expected = naiveCost(network, finder, request);
        const route = finder.findRoute(request);
        assert.equal(route === undefined, expected === undefined);
        if (route === undefined) none++;
        else {
          found++;
          const cost = costOf(network, route);
          assert(cost <= expected! * (1 + 1e-9), `${cost}, expected ${expected}`);
          if (cost < expected! * (1 - 1e-9)) cheaper++;
        }
      }
    }
    assert(found > 50 && none > 10, `${found} found, ${none} not`);
    assert(cheaper <= found / 25, `${cheaper} of ${found} cheaper`);
  });
}
