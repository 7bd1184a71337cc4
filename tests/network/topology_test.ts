import assert from "node:assert/strict";
import { formatMessage, parseMessage } from "../../lib/protocol/mod.ts";
import { networkFromTopology, topologyFromNetwork } from "../../lib/network/mod.ts";
import { randomNetwork } from "./helpers.ts";

Deno.test("topologyFromNetwork and networkFromTopology are inverse, over the wire, in parts of any order", () => {
  const network = randomNetwork(80, 2);
  const parts = topologyFromNetwork(network, ["op"], { channelsPerPart: 50 });
  assert.equal(parts.length, Math.ceil(network.channelCount / 50));
  assert.deepEqual(parts.map((part) => part.operators.length).slice(0, 2), [1, 0]);
  const wired = parts.reverse().map((part) => {
    const message = parseMessage(
      JSON.parse(formatMessage("topology", part, { seq: 1, timeMs: 0 })),
    );
    assert(message.type === "topology");
    return message.data;
  });
  const again = networkFromTopology(wired);
  assert.equal(again.nodeCount, network.nodeCount);
  assert.deepEqual(again.channelIds, network.channelIds);
  assert.deepEqual([...again.feeRatePpm], [...network.feeRatePpm]);
  assert.deepEqual([...again.disabled], [...network.disabled]);
  for (let node = 0; node < network.nodeCount; node++) {
    const other = again.nodeOf(network.nodeIds[node])!;
    assert.equal(again.degree(other), network.degree(node));
    assert.equal(again.aliases[other], network.aliases[node]);
  }
});

Deno.test("networkFromTopology says which parts are there when one is missing or doubled", () => {
  const parts = topologyFromNetwork(randomNetwork(40, 2), [], { channelsPerPart: 30 });
  assert.throws(() => networkFromTopology(parts.slice(1)), /part: found .*expected parts 1 to/);
  assert.throws(() => networkFromTopology([...parts, parts[0]]), /each once/);
});
