import assert from "node:assert/strict";
import { type Rng, seededRng } from "../../lib/core/mod.ts";
import { initialBalances, type Network } from "../../lib/network/mod.ts";
import type { HopTerms } from "../../lib/network/search/hop_model.ts";
import {
  APRIORI_DEFAULTS,
  AprioriModel,
  CLOTH_LIMITS,
  CLOTH_OPTIONS,
  LND_LIMITS,
} from "../../lib/network/routers/lnd_apriori.ts";
import { ModelFinder } from "../../lib/network/search/route_finder.ts";
import type { SearchLimits } from "../../lib/network/search/search_limits.ts";
import { randomNetwork } from "./helpers.ts";
import { naiveCost, type NaiveRule, routeCost } from "./naive_search.ts";

/** The rule of a model. */
function ruleOf(network: Network, model: AprioriModel): NaiveRule {
  const hop = (direction: number, amountMsat: number): HopTerms => {
    const capacityMsat = network.capacitySat[direction >> 1] * 1000;
    const source = network.source[direction];
    return { direction, source, amountMsat, capacityMsat, feeMsat: 0, riskMsat: 0 };
  };
  return {
    limits: model.limits,
    chance: (direction, amountMsat) => model.chance(hop(direction, amountMsat)),
    weigh: (direction, amountMsat, feeMsat, riskMsat) =>
      model.weigh({ ...hop(direction, amountMsat), feeMsat, riskMsat }),
  };
}

/** Random results of random attempts: paths walked at random that failed somewhere or didn't. */
function teach(
  network: Network,
  model: AprioriModel,
  sender: number,
  rng: Rng,
  amountMsat: number,
) {
  for (let lesson = rng.int(25); lesson > 0; lesson--) {
    const directions: number[] = [];
    for (let node = sender, hops = 1 + rng.int(4); hops > 0; hops--) {
      const outs = network.directionsFrom(node);
      directions.push(outs[rng.int(outs.length)]);
      node = network.source[directions[directions.length - 1] ^ 1];
    }
    const amountsMsat = directions.map((_, i) =>
      Math.floor(amountMsat * (0.8 + 0.4 * rng.float())) + 10 * (directions.length - i)
    );
    const route = { directions, amountsMsat };
    const failedHop = rng.int(directions.length + 1);
    const report = failedHop === directions.length
      ? { route, settled: true } as const
      : { route, settled: false, failedHop, down: rng.int(8) === 0 } as const;
    model.learn(sender, report, rng.int(7_200_000));
  }
}

const LND = { options: APRIORI_DEFAULTS, limits: LND_LIMITS };
const CLOTH = { options: CLOTH_OPTIONS, limits: CLOTH_LIMITS };

/** By name: a rule, its limits, and the share of searches that may find a cheaper way than LND's. */
const KINDS: [string, (network: Network) => AprioriModel, SearchLimits, number][] = [LND, CLOTH]
  .flatMap(({ options, limits }) =>
    [false, true].map((findsCheapest): typeof KINDS[number] => [
      `${options === CLOTH_OPTIONS ? "CLoTH's" : "LND's"} rule, ${
        findsCheapest ? "the cheapest way" : "its way"
      }`,
      (network) => new AprioriModel(network, { ...options, findsCheapest }, limits),
      limits,
      findsCheapest ? 0.2 : 0.02,
    ])
  );

for (const [name, modelOf, limits, cheaperShare] of KINDS) {
  for (const knows of [false, true]) {
    const knowing = knows ? "with knowledge of all kinds" : "knowing nothing";
    Deno.test(`guided searches are never dearer than the plain one: ${name}, ${knowing}`, () => {
      let found = 0, none = 0, cheaper = 0;
      for (let seed = 1; seed <= 15; seed++) {
        const nodes = 40 + 10 * (seed % 5);
        const network = randomNetwork(nodes, seed);
        const balances = initialBalances(network, seededRng(seed));
        const model = modelOf(network), rule = ruleOf(network, model);
        const finder = new ModelFinder(network, model, { payment: limits, circular: limits });
        const rng = seededRng(100 + seed);
        for (let i = 0; i < 40; i++) {
          const sender = rng.int(nodes), receiver = (sender + 1 + rng.int(nodes - 1)) % nodes;
          const amountMsat = Math.round(Math.exp(10 + 2 * rng.normal())) * 1000;
          if (knows) teach(network, model, sender, rng, amountMsat);
          model.begin(sender, 7_200_000);
          for (const out of network.directionsFrom(sender)) {
            model.knowledge.learnExact(out, balances.availableMsat(out));
          }
          const feeLimitMsat = i % 2 === 0 ? Infinity : amountMsat / 50 + 5000;
          const request = { sender, receiver, amountMsat, feeLimitMsat };
          const expected = naiveCost(network, rule, request);
          const route = finder.findRoute(request);
          assert.equal(route === undefined, expected === undefined);
          if (route === undefined || expected === undefined) {
            none++;
            continue;
          }
          found++;
          const cost = routeCost(network, rule, route);
          assert(cost <= expected * (1 + 1e-6), `${cost}, without guide ${expected}`);
          if (cost < expected * (1 - 1e-6)) cheaper++;
        }
      }
      assert(found > 250 && none > 20, `${found} found, ${none} not`);
      assert(cheaper < found * cheaperShare, `${cheaper} of ${found} cheaper`);
    });
  }
}
