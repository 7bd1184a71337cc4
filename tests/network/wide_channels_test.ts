import assert from "node:assert/strict";
import fc from "fast-check";
import { TERMS } from "../../lib/network/network.ts";
import { ChannelWidths } from "../../lib/network/search/wide_channels.ts";
import { randomNetwork } from "./helpers.ts";

Deno.test("ChannelWidths has all channels that can hold an amount, and none much smaller", () => {
  const network = randomNetwork(100, 7), widths = new ChannelWidths(network);
  const terms = network.incomingTerms;
  fc.assert(fc.property(fc.double({ min: 0, max: 12, noNaN: true }), (digits) => {
    const amountMsat = Math.floor(10 ** digits);
    const { start, neighbour, place, forwarders } = widths.atLeast(amountMsat);
    let nodesWithTwo = 0;
    for (let node = 0; node < network.nodeCount; node++) {
      const found = new Set<number>();
      for (let at = start[node]; at < start[node + 1]; at++) {
        const direction = terms[TERMS.count * place[at] + TERMS.direction];
        assert.equal(network.source[direction], neighbour[at]);
        assert.equal(network.source[direction ^ 1], node);
        assert(network.capacitySat[direction >> 1] * 1000 >= amountMsat / 1.19);
        found.add(direction >> 1);
      }
      for (const out of network.directionsFrom(node)) {
        if (network.capacitySat[out >> 1] * 1000 >= amountMsat) assert(found.has(out >> 1));
      }
      if (found.size > 1) nodesWithTwo++;
    }
    assert.equal(forwarders.length, nodesWithTwo);
  }));
});

Deno.test("ChannelWidths: for 0 there are all channels, closed ones too", () => {
  const network = randomNetwork(30, 1);
  network.closeChannel(0);
  const { place } = new ChannelWidths(network).atLeast(0);
  assert.equal(place.length, network.source.length);
  assert(new ChannelWidths(network).atLeast(1000).place.length < network.source.length);
});
