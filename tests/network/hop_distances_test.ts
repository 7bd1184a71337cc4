import assert from "node:assert/strict";
import { FAR, HopDistances } from "../../lib/network/hop_distances.ts";
import type { Network } from "../../lib/network/mod.ts";
import { randomNetwork, smallNetwork } from "./helpers.ts";

/** One round of all directions after the other, until nothing changes. */
function naiveDistances(network: Network, payer: number): number[] {
  const hops = Array.from({ length: network.nodeCount }, () => FAR);
  hops[payer] = 0;
  for (let changed = true; changed;) {
    changed = false;
    network.source.forEach((from, direction) => {
      const to = network.source[direction ^ 1];
      if (network.degree(to) === 1 || hops[from] + 1 >= hops[to]) return;
      hops[to] = hops[from] + 1;
      changed = true;
    });
  }
  return hops;
}

Deno.test("HopDistances are those of a search without shortcuts, from every node", () => {
  let furthest = 0;
  for (let seed = 1; seed <= 5; seed++) {
    const network = randomNetwork(150, seed);
    const distances = new HopDistances(network);
    for (let payer = 0; payer < network.nodeCount; payer++) {
      const found = [...distances.from(payer)];
      assert.deepEqual(found, naiveDistances(network, payer));
      furthest = Math.max(furthest, ...found.filter((hops) => hops !== FAR));
    }
  }
  assert(furthest > 3, `${furthest} hops at most`);
});

Deno.test("HopDistances go along a chain, but not to its end or another part", () => {
  const network = smallNetwork("a-b:1/1", "b-c:1/1", "c-d:1/1", "d-e:1/1", "e-f:1/1", "x-y:1/1");
  const distances = [...new HopDistances(network).from(network.nodeOf("a")!)];
  assert.deepEqual(distances, [0, 1, 2, 3, 4, FAR, FAR, FAR]);
});
