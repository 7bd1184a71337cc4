import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS } from "../../lib/core/mod.ts";
import {
  type AmountQuantiles,
  chanceOfNone,
  expectedBetween,
  optimalBalance,
  probabilityAbove,
  QUANTILE_LEVELS,
} from "../../lib/liquidity/mod.ts";

/** Quantiles of an exponential distribution of this mean, sat. */
const exponential = (mean: number): AmountQuantiles => ({
  sat: QUANTILE_LEVELS.map((level) => -mean * Math.log(1 - level)),
});

const near = (actual: number, expected: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);

Deno.test("probabilityAbove is right at each level, between them and beyond the last", () => {
  const quantiles = { sat: [100, 200, 400, 800, 1600] };
  QUANTILE_LEVELS.forEach((level, l) =>
    near(probabilityAbove(quantiles, quantiles.sat[l]), 1 - level)
  );
  near(probabilityAbove(quantiles, 0), 1);
  near(probabilityAbove(quantiles, -5), 1);
  near(probabilityAbove(quantiles, 50), 0.95);
  near(probabilityAbove(quantiles, 600), 1 - 0.625);
  // The exponential through 0.25 at 800 and 0.1 at 1600 is at 0.04 another 800 further.
  near(probabilityAbove(quantiles, 2400), 0.04);
});

Deno.test("probabilityAbove beyond the last level is an exponential distribution's own tail", () => {
  const quantiles = exponential(1000);
  for (const x of [2500, 4000, 9000]) {
    near(probabilityAbove(quantiles, x), Math.exp(-x / 1000), 1e-9);
  }
});

Deno.test("probabilityAbove never says more than there is any need at all", () => {
  const quantiles = { sat: [0, 0, 400, 800, 1600], none: 0.45 };
  near(probabilityAbove(quantiles, 0), 0.55);
  near(probabilityAbove(quantiles, 800), 0.25);
  near(probabilityAbove({ sat: [0, 0, 0, 0, 0] }, 0), 0);
  near(probabilityAbove({ sat: [0, 0, 0, 7, 7] }, 7), 0);
});

const anyQuantiles = fc.record({
  sat: fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 5, maxLength: 5 })
    .map((sat) => sat.sort((a, b) => a - b)),
  none: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
});

Deno.test("probabilityAbove is a chance that never rises with the amount", () => {
  const amount = fc.double({ min: 0, max: 3e6, noNaN: true });
  fc.assert(fc.property(anyQuantiles, amount, amount, (quantiles, x, more) => {
    const here = probabilityAbove(quantiles, x), further = probabilityAbove(quantiles, x + more);
    assert.ok(here >= 0 && here <= 1 && further <= here + 1e-12, `${here} ${further}`);
  }));
});

Deno.test("expectedBetween is the integral of probabilityAbove", () => {
  const quantiles = exponential(1000);
  // Beyond the last level the integral is known: 1000 * (e^-a - e^-b).
  const exact = 1000 * (Math.exp(-2.5) - Math.exp(-4));
  near(expectedBetween(quantiles, 2500, 4000), exact, 0.1);
  near(expectedBetween(quantiles, 2500, 4000, 1000), exact, 1e-4);
  near(expectedBetween({ sat: [100, 100, 100, 100, 100] }, 0, 50), 0.5 * (1 + 0.95) * 50);
  assert.equal(expectedBetween(quantiles, 500, 500), 0);
  assert.equal(expectedBetween(quantiles, 500, 400), 0);
});

Deno.test("chanceOfNone is what was forecast, else what the levels at nothing say", () => {
  assert.equal(chanceOfNone({ sat: [0, 0, 1, 2, 3], none: 0.3 }), 0.3);
  assert.equal(chanceOfNone({ sat: [1, 1, 1, 2, 3] }), 0);
  near(chanceOfNone({ sat: [0, 0, 1, 2, 3] }), (0.25 + 0.5) / 2);
  near(chanceOfNone({ sat: [0, 0, 0, 0, 0] }), (0.9 + 1) / 2);
});

Deno.test("optimalBalance leaves room for both needs, or splits the channel by them", () => {
  const forecast = (outbound: number, inbound: number) => ({
    horizonMs: DAY_MS,
    outboundNeed: { sat: [0, 0, 0, outbound, outbound] },
    inboundNeed: { sat: [0, 0, 0, inbound, inbound] },
    feesAtStakeMsat: 0,
  });
  const channel = { capacitySat: 1000, localBalanceSat: 700, remoteBalanceSat: 300 };
  const fits = optimalBalance(forecast(200, 400), channel);
  near(fits.lowRatio, 0.2);
  near(fits.highRatio, 0.6);
  near(fits.optimalRatio, 0.4);
  near(fits.nearestRatio, 0.6);
  const tooMuch = optimalBalance(forecast(900, 300), channel);
  for (const ratio of [tooMuch.lowRatio, tooMuch.highRatio, tooMuch.optimalRatio]) {
    near(ratio, 0.75);
  }
  const beyond = optimalBalance(forecast(5000, 500), channel);
  near(beyond.optimalRatio, 1000 / 1500);
  assert.equal(tooMuch.shortOutbound, probabilityAbove(forecast(900, 300).outboundNeed, 700));
  assert.equal(tooMuch.shortInbound, probabilityAbove(forecast(900, 300).inboundNeed, 300));
});
