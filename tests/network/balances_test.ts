import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRng } from "../../lib/core/mod.ts";
import { Balances, initialBalances } from "../../lib/network/mod.ts";
import { randomNetwork, smallNetwork } from "./helpers.ts";

const network = randomNetwork(20, 5);

const operation = fc.record({
  kind: fc.constantFrom("lock", "settle", "fail", "refresh"),
  direction: fc.nat(2 * network.channelCount - 1),
  share: fc.double({ min: 0, max: 1.2, noNaN: true }),
});

Deno.test("Balances: no sequence of operations makes or loses a millisatoshi", () => {
  fc.assert(fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
    const balances = initialBalances(network, seededRng(1));
    const locked: { direction: number; amountMsat: number }[] = [];
    for (const { kind, direction, share } of operations) {
      const amountMsat = Math.floor(share * network.capacitySat[direction >> 1] * 1000);
      const before = balances.availableMsat(direction);
      if (kind === "lock") {
        const done = balances.lock(direction, amountMsat);
        assert.equal(done, amountMsat <= before);
        if (done) locked.push({ direction, amountMsat });
      } else if (kind === "refresh") {
        balances.refresh(direction, amountMsat);
      } else if (locked.length > 0) {
        const [htlc] = locked.splice(Math.floor(share / 1.3 * locked.length), 1);
        balances[kind === "settle" ? "settle" : "fail"](htlc.direction, htlc.amountMsat);
      }
      balances.check();
    }
    for (const htlc of locked) balances.fail(htlc.direction, htlc.amountMsat);
    balances.check();
    assert(balances.inFlightMsat.every((amount) => amount === 0));
  }));
});

Deno.test("Balances: lock keeps the reserve, settle moves, fail gives back", () => {
  const balances = Balances.of(smallNetwork("a-b:0/0"), () => 600_000);
  assert.equal(balances.availableMsat(0), 590_000_000);
  assert.equal(balances.lock(0, 590_000_001), false);
  assert.equal(balances.lock(0, 590_000_000), true);
  assert.equal(balances.availableMsat(0), 0);
  balances.settle(0, 90_000_000);
  balances.fail(0, 500_000_000);
  assert.deepEqual([...balances.balanceMsat], [510_000_000, 490_000_000]);
});

Deno.test("Balances: what isn't in flight can't be resolved, amounts are whole", () => {
  const balances = Balances.of(smallNetwork("a-b:0/0"), () => 500_000);
  assert.throws(() => balances.settle(0, 1), RangeError);
  assert.throws(() => balances.fail(0, 1), RangeError);
  assert.throws(() => balances.lock(0, 1.5), RangeError);
  assert.throws(() => balances.lock(0, -1), RangeError);
  assert.throws(() => Balances.of(smallNetwork("a-b:0/0"), () => 1_000_001), RangeError);
});

Deno.test("Balances.check finds a channel whose parts don't add up", () => {
  const balances = Balances.of(smallNetwork("a-b:0/0", "b-c:0/0"), () => 500_000);
  balances.balanceMsat[2]++;
  assert.throws(() => balances.check(), /channel bc/);
});

Deno.test("Balances.clone is independent", () => {
  const balances = Balances.of(smallNetwork("a-b:0/0"), () => 500_000);
  const twin = balances.clone();
  balances.lock(0, 1000);
  assert.equal(twin.availableMsat(0), 490_000_000);
});
