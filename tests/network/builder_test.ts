import assert from "node:assert/strict";
import { InputError } from "../../lib/core/mod.ts";
import { type ChannelInput, NetworkBuilder } from "../../lib/network/mod.ts";
import { policy, smallNetwork } from "./helpers.ts";

const good: ChannelInput = {
  channelId: "c",
  node1: "a",
  node2: "b",
  capacitySat: 1000,
  policy1: policy(),
  policy2: null,
};

function fault(change: Partial<ChannelInput>) {
  const builder = new NetworkBuilder().addNode("a").addNode("b");
  try {
    builder.addChannel({ ...good, ...change }, { file: "f", line: 7 });
  } catch (error) {
    assert(error instanceof InputError);
    assert.equal(error.fault.file, "f");
    assert.equal(error.fault.line, 7);
    return [error.fault.field, error.fault.found];
  }
  return "accepted";
}

Deno.test("NetworkBuilder names the field of each fault", () => {
  assert.equal(fault({}), "accepted");
  assert.deepEqual(fault({ node2: "z" }), ["node2", "z"]);
  assert.deepEqual(fault({ node2: "a" }), ["node2", "a"]);
  assert.deepEqual(fault({ capacitySat: -5 }), ["capacity_sat", -5]);
  assert.deepEqual(fault({ capacitySat: 0 }), ["capacity_sat", 0]);
  assert.deepEqual(fault({ capacitySat: 2.2e15 }), ["capacity_sat", 2.2e15]);
  assert.deepEqual(fault({ balance1Sat: 1001 }), ["node1_balance_sat", 1001]);
  assert.deepEqual(fault({ policy2: policy(2 ** 32) }), ["policy2.feeRatePpm", 2 ** 32]);
  assert.deepEqual(fault({ policy1: policy(1, -1) }), ["policy1.baseFeeMsat", -1]);
  assert.deepEqual(fault({ channelId: "" }), ["channel_id", ""]);
});

Deno.test("NetworkBuilder refuses a node or a channel twice", () => {
  const builder = new NetworkBuilder().addNode("a").addNode("b").addChannel(good);
  assert.throws(() => builder.addNode("a"), /each node once/);
  assert.throws(
    () => builder.addChannel(good),
    /channel_id: found "c", expected each channel once/,
  );
});

Deno.test("Network indexes nodes, channels and directions", () => {
  const network = smallNetwork("a-b:1/2", "b-c:3/4");
  const b = network.nodeOf("b")!, bc = network.channelOf("bc")!;
  assert.equal(network.degree(b), 2);
  const direction = network.directionFrom(b, bc)!;
  assert.equal(network.source[direction], b);
  assert.equal(network.nodeIds[network.source[direction ^ 1]], "c");
  assert.equal(network.feeRatePpm[direction], 3);
  assert.equal(network.feeRatePpm[direction ^ 1], 4);
  assert.equal(network.directionFrom(network.nodeOf("a")!, bc), undefined);
  assert.deepEqual(
    [...network.directionsFrom(b)].map((d) => network.channelIds[d >> 1]).sort(),
    ["ab", "bc"],
  );
});

Deno.test("Network limits the greatest HTLC to the capacity and knows no terms that weren't told", () => {
  const network = new NetworkBuilder().addNode("a").addNode("b").addChannel(good).build();
  assert.equal(network.maxHtlcMsat[0], 1_000_000);
  assert.equal(network.policy(1), undefined);
  assert.equal(network.carries(1, 1000), false);
  assert.equal(network.carries(0, 1000), true);
  assert.equal(network.carries(0, 1_000_001), false);
});

Deno.test("NetworkBuilder keeps control characters out of aliases", () => {
  const network = new NetworkBuilder().addNode("a", " \x1b[2J\u202eevil\n ").addNode("b")
    .addChannel(good).build();
  assert.deepEqual(network.aliases, ["[2Jevil", ""]);
});
