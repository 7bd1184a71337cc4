import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import { initialBalances, type Network } from "../../lib/network/mod.ts";
import { ChanceGuide } from "../../lib/network/search/chance_guide.ts";
import {
  APRIORI_DEFAULTS,
  AprioriModel,
  CLOTH_LIMITS,
  CLOTH_OPTIONS,
  LND_LIMITS,
} from "../../lib/network/routers/lnd_apriori.ts";
import { HopDistances } from "../../lib/network/search/hop_distances.ts";
import { emptyHop } from "../../lib/network/search/hop_model.ts";
import { ChannelWidths } from "../../lib/network/search/wide_channels.ts";
import { randomNetwork } from "./helpers.ts";

/** The best chance of a way from the payer to each node when every hop carries `amountMsat`: all hops again and again. */
function naiveChances(network: Network, model: AprioriModel, payer: number, amountMsat: number) {
  const capacityMsat = (direction: number) => network.capacitySat[direction >> 1] * 1000;
  const isWide = (direction: number) => capacityMsat(direction) >= amountMsat;
  const isEnd = (node: number) => network.directionsFrom(node).filter(isWide).length < 2;
  const chances = Array.from({ length: network.nodeCount }, (_, node) => Number(node === payer));
  for (let changed = true; changed;) {
    changed = false;
    network.source.forEach((source, direction) => {
      const to = network.source[direction ^ 1];
      if (to === payer || !isWide(direction) || isEnd(to)) return;
      const hop = { ...emptyHop(), direction, source, amountMsat };
      hop.capacityMsat = capacityMsat(direction);
      const chance = chances[source] * model.chance(hop);
      if (chance <= chances[to] * (1 + 1e-12)) return;
      chances[to] = chance;
      changed = true;
    });
  }
  return chances;
}

/** No hop from a node, and no way to the node and on by it, is likelier than the guide says. */
function checkHops(
  network: Network,
  model: AprioriModel,
  guide: ChanceGuide,
  { node, chance, carriedMsat }: { node: number; chance: number; carriedMsat: number },
) {
  const { levels, worths } = guide.levelsAt(guide.indexFor(carriedMsat));
  const viaChance = 1 / guide.scale.cost[levels[node] >> 8];
  for (const direction of network.directionsFrom(node)) {
    const hop = { ...emptyHop(), direction, source: node, amountMsat: carriedMsat };
    hop.capacityMsat = network.capacitySat[direction >> 1] * 1000;
    const hopChance = model.chance(hop);
    assert(chance * hopChance <= viaChance * (1 + 1e-9), `by ${direction}: ${viaChance}`);
    if (model.knowledge.sender === node) continue;
    assert(hopChance <= guide.scale.hopChance[worths[node]] * (1 + 1e-9), `hop ${direction}`);
  }
}

for (const options of [APRIORI_DEFAULTS, CLOTH_OPTIONS]) {
  const name = options === CLOTH_OPTIONS ? "CLoTH's" : "LND's";
  Deno.test(`ChanceGuide: no way is likelier than it says, for any amount, by ${name} rule`, () => {
    let sharp = 0, all = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const network = randomNetwork(50, seed), rng = seededRng(seed);
      const balances = initialBalances(network, rng);
      const limits = options === CLOTH_OPTIONS ? CLOTH_LIMITS : LND_LIMITS;
      const model = new AprioriModel(network, options, limits);
      const guide = new ChanceGuide(model, new HopDistances(new ChannelWidths(network)));
      const payer = rng.int(50), amountMsat = [1e6, 5e8, 2e9][seed % 3];
      for (let lesson = rng.int(12); lesson > 0; lesson--) {
        const route = { directions: [0, 1].map(() => rng.int(network.source.length)) };
        const amountsMsat = [0, 1].map(() => amountMsat + rng.int(5000));
        const settled = { route: { ...route, amountsMsat }, settled: true } as const;
        model.learn(
          payer,
          rng.int(2) === 0 ? settled : { ...settled, settled: false, failedHop: 1 },
          0,
        );
      }
      model.begin(payer, 60_000);
      for (const out of network.directionsFrom(payer)) {
        model.knowledge.learnExact(out, balances.availableMsat(out));
      }
      assert(guide.begin({ payer, pays: true, amountMsat }));
      for (const carriedMsat of [amountMsat, amountMsat + 2500, amountMsat + 6000]) {
        const best = naiveChances(network, model, payer, carriedMsat);
        for (let node = 0; node < network.nodeCount; node++) {
          if (best[node] === 0) continue;
          const said = 1 / guide.scale.cost[guide.levelOf(node, guide.indexFor(carriedMsat))];
          assert(best[node] <= said * (1 + 1e-9), `${best[node]}, said ${said}`);
          checkHops(network, model, guide, { node, chance: best[node], carriedMsat });
          all++;
          if (said < 1.2 * best[node]) sharp++;
        }
      }
    }
    assert(sharp > all / 4, `${sharp} of ${all} sharp`);
  });
}
