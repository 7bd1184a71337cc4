import assert from "node:assert/strict";
import fc from "fast-check";
import { weightedQuantile } from "../../lib/gbt/mod.ts";
import { select } from "../../lib/gbt/order_statistics.ts";

const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 });
const shares = fc.double({ min: 0, max: 1, noNaN: true });

Deno.test("select gives what sorting gives at every place", () => {
  fc.assert(fc.property(numbers, (values) => {
    const sorted = values.toSorted((a, b) => a - b);
    sorted.forEach((value, k) => assert.equal(select(Float64Array.from(values), k), value));
  }));
});

Deno.test("weightedQuantile takes whole weights for repetitions, in any order", () => {
  fc.assert(fc.property(numbers, shares, (values, quantile) => {
    const weights = Float64Array.from(values, (v) => 1 + Math.abs(v) % 3);
    const repeated = values.flatMap((v, i) => Array(weights[i]).fill(v)) as number[];
    const counted = weightedQuantile(Float64Array.from(repeated), quantile);
    assert.equal(weightedQuantile(Float64Array.from(values), quantile, weights), counted);
    const turned = [weights.toReversed(), Float64Array.from(values).reverse()] as const;
    assert.equal(weightedQuantile(turned[1], quantile, turned[0]), counted);
  }));
});

Deno.test("weightedQuantile with any weights is where their sorted sums reach the share, in any order", () => {
  const rows = fc.array(
    fc.tuple(fc.integer({ min: -9, max: 9 }), fc.double({ min: 1e-3, max: 1e6, noNaN: true })),
    { minLength: 1, maxLength: 80 },
  );
  fc.assert(fc.property(rows, shares, (pairs, quantile) => {
    const take = (list: [number, number][]) =>
      weightedQuantile(
        Float64Array.from(list, ([value]) => value),
        quantile,
        Float64Array.from(list, ([, weight]) => weight),
      );
    const found = take(pairs);
    assert.equal(take(pairs.toReversed()), found);
    const upTo = (limit: (value: number) => boolean) =>
      pairs.reduce((sum, [value, weight]) => limit(value) ? sum + weight : sum, 0);
    const wanted = quantile * upTo(() => true), slack = 1e-9 * upTo(() => true);
    assert.ok(pairs.some(([value]) => value === found));
    assert.ok(upTo((value) => value <= found) >= wanted - slack);
    assert.ok(upTo((value) => value < found) <= wanted + slack);
  }));
});

Deno.test("weightedQuantile of nothing is NaN", () => {
  assert.ok(Number.isNaN(weightedQuantile(new Float64Array(0), 0.5)));
});
