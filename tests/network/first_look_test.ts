import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRng } from "../../lib/core/mod.ts";
import { LiquidityBounds, LOOK, type Network } from "../../lib/network/mod.ts";
import { policy, randomNetwork } from "./helpers.ts";

/** What a first look says of a direction. */
function looked(network: Network, direction: number) {
  const node = network.source[direction ^ 1];
  const nth = network.directionsFrom(node).indexOf(direction ^ 1);
  const at = LOOK.count * (network.outgoingStart[node] + nth);
  const look = network.incomingLook;
  return {
    feeMsat: (amountMsat: number) =>
      look[at + LOOK.baseFeeMsat] + amountMsat * look[at + LOOK.feePerMsat],
    share: (amountMsat: number) => amountMsat * look[at + LOOK.perCapacityMsat],
    maxHtlcMsat: look[at + LOOK.maxHtlcMsat],
  };
}

const cases = fc.record({
  seed: fc.nat(20),
  pick: fc.nat(),
  amountMsat: fc.integer({ min: 1, max: 2 ** 40 }),
  feeRatePpm: fc.nat(20_000),
  baseFeeMsat: fc.nat(10_000),
});

Deno.test("Network.incomingLook: fees and limits as announced, but for rounding", () => {
  fc.assert(fc.property(cases, ({ seed, pick, amountMsat, feeRatePpm, baseFeeMsat }) => {
    const network = randomNetwork(30, seed);
    const direction = pick % (2 * network.channelCount);
    network.setPolicy(direction, policy(feeRatePpm, baseFeeMsat));
    const look = looked(network, direction), feeMsat = network.feeMsat(direction, amountMsat);
    assert.ok(look.feeMsat(amountMsat) <= (feeMsat + 1) * 1.000001);
    assert.ok(look.feeMsat(amountMsat) >= feeMsat * 0.999999);
    assert.ok(look.maxHtlcMsat >= network.maxHtlcMsat[direction]);
    network.setDisabled(direction, true);
    assert.equal(looked(network, direction).feeMsat(amountMsat), Infinity);
  }));
});

Deno.test("LiquidityBounds.chanceAtMost: no direction of others is surer", () => {
  const networks = Array.from({ length: 4 }, (_, seed) => randomNetwork(30, seed));
  fc.assert(fc.property(cases, ({ seed, pick, amountMsat }) => {
    const network = networks[seed % networks.length], rng = seededRng(seed);
    const bounds = new LiquidityBounds(network);
    const direction = pick % (2 * network.channelCount);
    const capacityMsat = network.capacitySat[direction >> 1] * 1000;
    if (rng.float() < 0.5) bounds.learnFailure(direction, Math.ceil(rng.float() * capacityMsat));
    const most = () => bounds.chanceAtMost(looked(network, direction).share(amountMsat));
    assert.ok(bounds.probability(direction, amountMsat) <= most() * 1.000001);
    if (rng.float() < 0.5) bounds.learnSuccess(direction, amountMsat);
    assert.ok(bounds.probability(direction, amountMsat) <= most() * 1.000001);
  }));
});
