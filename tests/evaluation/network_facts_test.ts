import assert from "node:assert/strict";
import { networkFacts } from "../../lib/evaluation/mod.ts";
import { type Network, NetworkBuilder } from "../../lib/network/mod.ts";
import { policy, randomNetwork } from "../network/helpers.ts";

/** Nodes by letter; channels as `ab 5`: between a and b with 5 M sat. */
function graph(...channels: string[]): Network {
  const builder = new NetworkBuilder();
  for (const name of new Set(channels.flatMap((text) => [text[0], text[1]]))) {
    builder.addNode(name, `node ${name}`);
  }
  channels.forEach((text, index) => {
    const capacitySat = Number(text.slice(3)) * 1e6;
    builder.addChannel({
      channelId: `${index}x1x1`,
      node1: text[0],
      node2: text[1],
      capacitySat,
      policy1: policy(100 * (index + 1)),
      policy2: index === 0 ? null : policy(100),
    });
  });
  return builder.build();
}

Deno.test("networkFacts places the middle of a star, parallel channels counted once for ways", () => {
  const facts = networkFacts(graph("ma 1", "mb 2", "mc 3", "mc 4"), ["m", "a", "nobody"]);
  assert.deepEqual([facts.nodes, facts.channels, facts.capacitySat], [4, 4, 10e6]);
  const [m, a] = facts.places;
  assert.equal(facts.places.length, 2);
  assert.deepEqual(m.degree, { value: 4, rank: 1 });
  assert.deepEqual(m.capacitySat, { value: 10e6, rank: 1 });
  assert.deepEqual(m.betweenness, { value: 1, rank: 1 });
  assert.deepEqual(m.closeness, { value: 1, rank: 1 });
  assert.deepEqual(a.betweenness, { value: 0, rank: 2 });
  assert.deepEqual(a.closeness, { value: 3 / 5, rank: 2 });
  assert.deepEqual(a.capacitySat, { value: 1e6, rank: 4 });
});

Deno.test("networkFacts tells of peers by capacity, with fees both ways, and of who shares them", () => {
  const { places: [{ around }] } = networkFacts(
    graph("ma 1", "mb 2", "mb 6", "ax 1", "bx 1", "by 1", "xz 1"),
    ["m"],
  );
  assert.deepEqual(around.peers.map(({ node, channels }) => [node, channels]), [["b", 2], [
    "a",
    1,
  ]]);
  const [b, a] = around.peers;
  assert.deepEqual([b.outPpm, b.inPpm, b.degree], [(200 * 2 + 300 * 6) / 8, 100, 4]);
  assert.deepEqual([a.outPpm, a.inPpm], [100, undefined], "terms of a back to m are not known");
  assert.deepEqual(around.near.map(({ node, sharedPeers }) => [node, sharedPeers]), [
    ["x", 2],
    ["y", 1],
  ]);
  assert.deepEqual([around.peerCount, around.nearCount], [2, 2]);
});

Deno.test("networkFacts has the betweenness that counting ways one by one has", () => {
  const network = randomNetwork(40, 3);
  const best = [...network.nodeIds.keys()].reduce((a, b) =>
    network.degree(b) > network.degree(a) ? b : a
  );
  const { places: [place] } = networkFacts(network, [network.nodeIds[best]]);
  assert.ok(Math.abs(place.betweenness.value - naiveBetweenness(network, best)) < 1e-12);
});

/** Share of shortest ways through a node: by the numbers of ways from everywhere to everywhere. */
function naiveBetweenness(network: Network, through: number): number {
  const count = network.nodeCount;
  const peers = Array.from(
    { length: count },
    (_, node) => new Set([...network.directionsFrom(node)].map((d) => network.source[d ^ 1])),
  );
  const ways = Array.from({ length: count }, (_, from) => {
    const hops = new Array(count).fill(Infinity), paths = new Array(count).fill(0);
    hops[from] = 0;
    paths[from] = 1;
    for (let reached = [from]; reached.length > 0;) {
      const next = new Set<number>();
      for (const node of reached) {
        for (const to of peers[node]) {
          if (hops[to] < hops[node] + 1) continue;
          hops[to] = hops[node] + 1;
          paths[to] += paths[node];
          next.add(to);
        }
      }
      reached = [...next];
    }
    return { hops, paths };
  });
  let sum = 0;
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) {
      if (a === b || a === through || b === through || ways[a].hops[b] === Infinity) continue;
      if (ways[a].hops[through] + ways[through].hops[b] !== ways[a].hops[b]) continue;
      sum += ways[a].paths[through] * ways[through].paths[b] / ways[a].paths[b];
    }
  }
  return sum / ((count - 1) * (count - 2));
}
