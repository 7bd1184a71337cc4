import assert from "node:assert/strict";
import fc from "fast-check";
import { QUANTILE_LEVELS } from "../../lib/liquidity/mod.ts";
import { conformalFactors } from "../../lib/learning/calibration.ts";
import { meanPinball, pinballLoss, ScoreKeeper, tidyQuantiles } from "../../lib/learning/mod.ts";
import { fromTarget, TARGET_SCALES, toTarget } from "../../lib/learning/target_scale.ts";
import { FEATURE_NAMES } from "../../lib/liquidity/mod.ts";
import { seededRng } from "../../lib/core/mod.ts";

Deno.test("pinballLoss charges the level for what is above, the rest for what is below", () => {
  assert.equal(pinballLoss(0.9, 110, 100), 9);
  assert.ok(Math.abs(pinballLoss(0.9, 90, 100) - 1) < 1e-12);
  assert.equal(meanPinball(5, QUANTILE_LEVELS.map(() => 5)), 0);
});

Deno.test("ScoreKeeper averages over both sides and keeps intervals that start at nothing apart", () => {
  const keeper = new ScoreKeeper();
  const forecast = {
    horizonMs: 1,
    outboundNeed: { sat: [10, 20, 30, 40, 50] },
    inboundNeed: { sat: [0, 0, 0, 5, 10] },
    feesAtStakeMsat: 7,
  };
  keeper.add({ outboundNeedSat: 60, inboundNeedSat: 0, feesAtStakeMsat: 10 }, forecast);
  keeper.add({ outboundNeedSat: 30, inboundNeedSat: 4, feesAtStakeMsat: 7 }, forecast);
  const score = keeper.score();
  assert.equal(score.coverage, 0.75);
  assert.equal(score.coverageActive, 0.5);
  assert.equal(score.medianErrorSat, (30 + 0 + 0 + 4) / 4);
  assert.equal(score.feesErrorMsat, 1.5);
});

Deno.test("tidyQuantiles ascend, drop what is next to nothing, and stop at the capacity", () => {
  assert.deepEqual(tidyQuantiles([900, 5000, 3000, -4, 90_000], 50_000), [
    0,
    0,
    3000,
    5000,
    50_000,
  ]);
  assert.deepEqual(tidyQuantiles([5000], NaN), [5000]);
});

Deno.test("toTarget and fromTarget are inverse on both scales and keep the order", () => {
  const data = Float64Array.from(FEATURE_NAMES, (_, i) => i * 1000);
  const context = { side: "outbound" as const, data, offset: 0, horizonMs: 864e5 };
  const sat = fc.double({ min: 0, max: 1e9, noNaN: true });
  for (const scale of TARGET_SCALES) {
    fc.assert(fc.property(sat, sat, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
        .map((value) => toTarget(scale, value, context).value);
      assert.ok(low <= high);
      const back = fromTarget(scale, toTarget(scale, a, context).value, context);
      assert.ok(Math.abs(back - a) <= 1e-9 * (1 + a));
    }));
    assert.equal(fromTarget(scale, -1, context), 0);
  }
});

Deno.test("conformalFactors make each level hold on data whose forecasts are off by a factor", () => {
  const rng = seededRng(3);
  const rows = 4000;
  const actual = Float64Array.from({ length: rows }, () => 1e5 * rng.exponential());
  // True quantiles of the exponential, all forecast a fifth too low; and rows without a forecast.
  const forecasts = QUANTILE_LEVELS.map((level) =>
    Float64Array.from({ length: rows }, (_, row) => row % 10 ? -Math.log(1 - level) * 8e4 : 0)
  );
  const factors = conformalFactors(forecasts, actual);
  factors.forEach((factor, l) => {
    assert.ok(Math.abs(factor - 1.25) < 0.08, `${QUANTILE_LEVELS[l]}: ${factor}`);
  });
  const few = forecasts.map((level) => level.slice(0, 20));
  assert.deepEqual(conformalFactors(few, actual.slice(0, 20)), [1, 1, 1, 1, 1]);
});
