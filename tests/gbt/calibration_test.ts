import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError, seededRng } from "../../lib/core/mod.ts";
import {
  ConformalIntervals,
  coverageOf,
  IsotonicCalibration,
  reliability,
  trainBooster,
  trainQuantiles,
} from "../../lib/gbt/mod.ts";
import { friedman } from "./synthetic.ts";

Deno.test("ConformalIntervals cover what they promise, around means and quantiles", () => {
  const train = friedman(1200);
  const calibration = friedman(800, { seed: 21 });
  const test = friedman(4000, { seed: 22 });
  const booster = trainBooster(train, { trees: 50 });
  const quantiles = trainQuantiles(train, [0.1, 0.9], { trees: 50 });
  const around = (x: typeof test.x) => ({ lower: booster.predict(x), upper: booster.predict(x) });
  const between = (x: typeof test.x) => {
    const [lower, upper] = quantiles.predict(x);
    return { lower, upper };
  };
  for (const coverage of [0.5, 0.8, 0.95]) {
    for (const predict of [around, between]) {
      const fitted = ConformalIntervals.fit(predict(calibration.x), calibration.y, coverage);
      const found = coverageOf(fitted.apply(predict(test.x)), test.y);
      assert.ok(Math.abs(found - coverage) < 0.05, `${coverage}: ${found}`);
      assert.deepEqual(ConformalIntervals.fromJSON(JSON.parse(JSON.stringify(fitted))), fitted);
    }
  }
});

Deno.test("ConformalIntervals cover enough for any exchangeable rows on average", () => {
  // With 9 rows and one new one, the new one is among the 9 least misses 9 times in 10.
  const rng = seededRng(5);
  let inside = 0;
  for (let trial = 0; trial < 4000; trial++) {
    const zero = new Float64Array(9);
    const y = zero.map(() => rng.normal() ** 3);
    const { margin } = ConformalIntervals.fit({ lower: zero, upper: zero }, y, 0.9);
    inside += Number(Math.abs(rng.normal() ** 3) <= margin);
  }
  assert.ok(Math.abs(inside / 4000 - 0.9) < 0.02);
});

Deno.test("ConformalIntervals refuse to promise what the rows can't give", () => {
  const zero = new Float64Array(5);
  assert.throws(() => ConformalIntervals.fit({ lower: zero, upper: zero }, zero, 0.9), InputError);
  assert.throws(
    () => ConformalIntervals.fit({ lower: zero, upper: zero }, new Float64Array(4), 0.5),
    InputError,
  );
  assert.throws(() => ConformalIntervals.fromJSON({}), InputError);
});

Deno.test("ConformalIntervals never turn inside out", () => {
  const fitted = new ConformalIntervals(0.5, -2);
  const { lower, upper } = fitted.apply({
    lower: Float64Array.of(0, 0),
    upper: Float64Array.of(1, 10),
  });
  assert.deepEqual([...lower, ...upper], [0.5, 2, 0.5, 8]);
});

Deno.test("IsotonicCalibration rises, keeps the mean and beats every other rising step", () => {
  const pairs = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(fc.property(pairs, fc.double({ min: 0, max: 1, noNaN: true }), (list, level) => {
    const x = Float64Array.from(list, ([v]) => v);
    const y = Float64Array.from(list, ([, hit]) => Number(hit));
    const fitted = IsotonicCalibration.fit(x, y);
    const found = x.map((v) => fitted.apply(v));
    const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum(found) - sum(y)) < 1e-9);
    const squares = (of: Float64Array) => sum(of.map((v, i) => (v - y[i]) ** 2));
    const step = x.map((v) => Number(v >= level));
    const mean = x.map(() => sum(y) / y.length);
    assert.ok(squares(found) <= squares(step) + 1e-9 && squares(found) <= squares(mean) + 1e-9);
    const order = [...x.keys()].sort((a, b) => x[a] - x[b]);
    order.forEach((i, k) => assert.ok(k === 0 || found[order[k - 1]] <= found[i] + 1e-12));
    const back = IsotonicCalibration.fromJSON(JSON.parse(JSON.stringify(fitted)));
    assert.equal(back.apply(level), fitted.apply(level));
  }));
});

Deno.test("IsotonicCalibration makes overconfident probabilities reliable", () => {
  const rng = seededRng(8);
  const draw = (n: number) => {
    const truth = Float64Array.from({ length: n }, () => rng.float());
    const said = truth.map((p) => (p > 0.5 ? 1 - (1 - p) ** 3 * 4 : p ** 3 * 4));
    return { said, hits: truth.map((p) => Number(rng.float() < p)) };
  };
  const { said, hits } = draw(4000);
  const fitted = IsotonicCalibration.fit(said, hits);
  const fresh = draw(8000);
  const gap = (of: Float64Array) => {
    const bins = reliability(of, fresh.hits);
    const gaps = bins.map((bin) => Math.abs(bin.predicted - bin.observed));
    return gaps.reduce((sum, one) => sum + one, 0) / bins.length;
  };
  const calibrated = fresh.said.map((p) => fitted.apply(p));
  assert.ok(gap(calibrated) < 0.03 && gap(fresh.said) > 0.08, `${gap(calibrated)}`);
});

Deno.test("IsotonicCalibration refuses nothing, NaN and lists that fall", () => {
  const one = Float64Array.of(1);
  assert.throws(
    () => IsotonicCalibration.fit(new Float64Array(0), new Float64Array(0)),
    InputError,
  );
  assert.throws(() => IsotonicCalibration.fit(Float64Array.of(NaN), one), InputError);
  assert.throws(() => IsotonicCalibration.fromJSON({ x: [1, 0], y: [0, 1] }), InputError);
});
