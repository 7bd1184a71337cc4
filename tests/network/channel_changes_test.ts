import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import { generateNetwork, initialBalances, RouteFinder } from "../../lib/network/mod.ts";

const policy = {
  baseFeeMsat: 0,
  feeRatePpm: 1,
  cltvDelta: 40,
  minHtlcMsat: 1,
  maxHtlcMsat: 1e12,
  disabled: false,
};
const opened = {
  channelId: "9x9x9",
  nodes: [47, 48],
  capacitySat: 5_000_000,
  policies: [policy, { ...policy, feeRatePpm: 7 }],
} as const;

Deno.test("Network.addChannel adds it behind the others and for itself alone", () => {
  const original = generateNetwork({ nodes: 50, rng: seededRng(1) });
  const network = original.clone();
  const source = [...network.source], count = network.channelCount;
  assert.equal(network.addChannel(opened), count);
  assert.equal(network.channelCount, count + 1);
  assert.equal(network.channelOf("9x9x9"), count);
  assert.deepEqual([...network.source], [...source, 47, 48]);
  assert.equal(network.feeRatePpm[2 * count + 1], 7);
  assert.equal(network.maxHtlcMsat[2 * count], 5_000_000_000);
  assert(network.directionsFrom(47).includes(2 * count));
  const request = { sender: 47, receiver: 48, amountMsat: 100_000_000 };
  assert.deepEqual(new RouteFinder(network).findRoute(request)?.directions, [2 * count]);
  network.setFees(2 * count, { baseFeeMsat: 5, feeRatePpm: 9 });
  assert.equal(network.feeMsat(2 * count, 1_000_000), 14);
  assert.equal(original.channelCount, count);
  assert.equal(original.channelOf("9x9x9"), undefined);
});

Deno.test("Network.closeChannel leaves no way through it, and clones as they were", () => {
  const original = generateNetwork({ nodes: 50, rng: seededRng(1) });
  const network = original.clone();
  const channel = network.addChannel(opened);
  network.closeChannel(channel);
  assert.equal(network.capacitySat[channel], 0);
  assert.equal(network.policy(2 * channel), undefined);
  const request = { sender: 47, receiver: 48, amountMsat: 1000 };
  const route = new RouteFinder(network).findRoute(request);
  assert(!route?.directions.includes(2 * channel));
  const twin = original.clone();
  original.closeChannel(3);
  assert(twin.capacitySat[3] > 0 && twin.policy(6) !== undefined);
});

Deno.test("Network.setPolicy takes new terms over, says whether they are new, and leaves clones alone", () => {
  const original = generateNetwork({ nodes: 50, rng: seededRng(1) });
  const network = original.clone();
  const before = network.policy(6)!;
  assert(!network.setPolicy(6, before));
  network.setPolicy(6, { ...before, maxHtlcMsat: Infinity });
  assert.equal(network.maxHtlcMsat[6], 1000 * network.capacitySat[3], "never above the capacity");
  network.setPolicy(6, before);
  assert(network.setPolicy(6, { ...before, cltvDelta: 99, minHtlcMsat: 7, disabled: true }));
  assert.deepEqual(original.policy(6), before);
  assert.deepEqual(network.policy(6), { ...before, cltvDelta: 99, minHtlcMsat: 7, disabled: true });
  assert(!network.carries(6, before.maxHtlcMsat));
  network.closeChannel(3);
  assert(!network.setPolicy(6, before), "what is closed has no terms");
});

Deno.test("Balances.open and close keep every satoshi", () => {
  const network = generateNetwork({ nodes: 50, rng: seededRng(1) });
  const balances = initialBalances(network, seededRng(1));
  const channel = network.addChannel(opened);
  balances.open([4_000_000_000, 1_000_000_000]);
  balances.check();
  assert.equal(balances.availableMsat(2 * channel), 3_950_000_000);
  assert(balances.lock(2 * channel, 1_000_000_000));
  assert.throws(() => balances.close(channel), /in flight/);
  balances.settle(2 * channel, 1_000_000_000);
  assert.deepEqual(balances.close(channel), [3_000_000_000, 2_000_000_000]);
  network.closeChannel(channel);
  balances.check();
});
