import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import { initialBalances, RouteFinder, SEARCH_DEFAULTS } from "../../lib/network/mod.ts";
import { randomNetwork } from "./helpers.ts";
import { naiveCost, type NaiveRule, routeCost } from "./naive_search.ts";

/** The rule of a {@linkcode RouteFinder}: fees and time locks, by what its bounds know. */
function ruleOf(finder: RouteFinder): NaiveRule {
  return {
    limits: SEARCH_DEFAULTS,
    chance: (direction, amountMsat) => finder.bounds.probability(direction, amountMsat),
    weigh: (_direction, _amountMsat, feeMsat, riskMsat) => feeMsat + riskMsat,
  };
}

for (const knows of ["nothing", "own channels", "own channels and failures", "successes"]) {
  Deno.test(`RouteFinder finds routes as cheap as without shortcuts, knowing ${knows}`, () => {
    let found = 0, none = 0, cheaper = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const network = randomNetwork(60, seed);
      const balances = initialBalances(network, seededRng(seed));
      const finder = new RouteFinder(network), rule = ruleOf(finder);
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
        const expected = naiveCost(network, rule, request);
        const route = finder.findRoute(request);
        assert.equal(route === undefined, expected === undefined);
        if (route === undefined) none++;
        else {
          found++;
          const cost = routeCost(network, rule, route);
          assert(cost <= expected! * (1 + 1e-9), `${cost}, expected ${expected}`);
          if (cost < expected! * (1 - 1e-9)) cheaper++;
        }
      }
    }
    assert(found > 50 && none > 10, `${found} found, ${none} not`);
    assert(cheaper <= found / 25, `${cheaper} of ${found} cheaper`);
  });
}
