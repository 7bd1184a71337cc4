import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRng } from "../../lib/core/mod.ts";
import {
  generateNetwork,
  initialBalances,
  LiquidityPrior,
  priorAtLeast,
} from "../../lib/network/mod.ts";
import { smallNetwork } from "./helpers.ts";

Deno.test("LiquidityPrior: a chance, and both sides of a channel are one", () => {
  const prior = new LiquidityPrior(smallNetwork("a-b:10/500", "b-c:700/3", "c-a:1/1"));
  const cases = fc.record({
    direction: fc.nat(5),
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    y: fc.double({ min: 0, max: 1, noNaN: true }),
    shift: fc.double({ min: -9, max: 9, noNaN: true }),
  });
  fc.assert(fc.property(cases, ({ direction, x, y, shift }) => {
    const chance = prior.atLeast(direction, x, shift);
    assert.ok(chance >= 0 && chance <= 1);
    assert.ok(prior.atLeast(direction, Math.max(x, y), shift) <= chance + 1e-6 || y < x);
    assert.ok(prior.atLeast(direction, x, shift + 1) >= chance - 1e-6);
    assert.ok(
      Math.abs(prior.atLeast(direction ^ 1, 1 - x, -shift) - (1 - chance)) < 1e-5 ||
        x < 1e-9, // where 1 - x is 1
    );
  }));
  assert.equal(prior.atLeast(0, 0, -9), 1);
  assert.equal(prior.atLeast(0, 1.01, 9), 0);
});

Deno.test("LiquidityPrior foretells drawn balances, better than the capacity alone", () => {
  const network = generateNetwork({ nodes: 600, rng: seededRng(7) });
  const balances = initialBalances(network, seededRng(8), { reserveRatio: 0 });
  const prior = new LiquidityPrior(network);
  const FRACTION = 0.2;
  // Foretold chance, and how often it was so, in five bins.
  const bins = Array.from({ length: 5 }, () => ({ said: 0, was: 0, count: 0 }));
  let withFees = 0, without = 0;
  for (let direction = 0; direction < 2 * network.channelCount; direction++) {
    const capacityMsat = network.capacitySat[direction >> 1] * 1000;
    const was = balances.balanceMsat[direction] >= FRACTION * capacityMsat ? 1 : 0;
    const said = prior.atLeast(direction, FRACTION, 0);
    const bin = bins[Math.min(4, Math.floor(5 * said))];
    bin.said += said;
    bin.was += was;
    bin.count++;
    withFees += (was - said) ** 2;
    without += (was - priorAtLeast(FRACTION)) ** 2;
  }
  for (const { said, was, count } of bins) {
    if (count > 200) {
      assert.ok(Math.abs(said - was) / count < 0.06, `${said / count}, ${was / count}`);
    }
  }
  assert.ok(withFees < 0.85 * without, `${withFees} against ${without}`);
});
