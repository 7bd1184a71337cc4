import assert from "node:assert/strict";
import { FAR, HopDistances } from "../../lib/network/search/hop_distances.ts";
import type { Network } from "../../lib/network/mod.ts";
import { ChannelWidths } from "../../lib/network/search/wide_channels.ts";
import { randomNetwork, smallNetwork } from "./helpers.ts";

/** All channels, about half of them, and few: each where a range of like amounts begins. */
const AMOUNTS_MSAT = [0, 2 ** 31, 2 ** 34];

/** One round of all directions after the other, until nothing changes. */
function naiveDistances(network: Network, payer: number, amountMsat: number): number[] {
  const isWide = (direction: number) => network.capacitySat[direction >> 1] * 1000 >= amountMsat;
  const isEnd = (node: number) => network.directionsFrom(node).filter(isWide).length < 2;
  const hops = Array.from({ length: network.nodeCount }, () => FAR);
  hops[payer] = 0;
  for (let changed = true; changed;) {
    changed = false;
    network.source.forEach((from, direction) => {
      const to = network.source[direction ^ 1];
      if (!isWide(direction) || isEnd(to) || hops[from] + 1 >= hops[to]) return;
      hops[to] = hops[from] + 1;
      changed = true;
    });
  }
  return hops;
}

Deno.test("HopDistances are those of a search without shortcuts, from every node, for any amount", () => {
  let furthest = 0;
  for (let seed = 1; seed <= 5; seed++) {
    const network = randomNetwork(150, seed);
    const distances = new HopDistances(new ChannelWidths(network));
    for (let payer = 0; payer < network.nodeCount; payer++) {
      for (const amountMsat of AMOUNTS_MSAT) {
        const found = [...distances.from(payer, amountMsat)];
        assert.deepEqual(found, naiveDistances(network, payer, amountMsat));
        furthest = Math.max(furthest, ...found.filter((hops) => hops !== FAR));
      }
    }
  }
  assert(furthest > 3, `${furthest} hops at most`);
});

Deno.test("HopDistances go along a chain, but not to its end or another part", () => {
  const network = smallNetwork("a-b:1/1", "b-c:1/1", "c-d:1/1", "d-e:1/1", "e-f:1/1", "x-y:1/1");
  const distances = [
    ...new HopDistances(new ChannelWidths(network)).from(network.nodeOf("a")!, 1000),
  ];
  assert.deepEqual(distances, [0, 1, 2, 3, 4, FAR, FAR, FAR]);
});
