import assert from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../../lib/core/mod.ts";
import { lossOf, type LossSpec } from "../../lib/gbt/mod.ts";
import { POISSON_DAMPING } from "../../lib/gbt/loss.ts";

const SPECS: LossSpec[] = [
  "squared",
  "absolute",
  "logistic",
  "poisson",
  { pinball: 0.2 },
  { huber: 0.7 },
];
/** How often the metric holds the loss whose derivatives are given. */
const METRIC_FACTOR: Record<string, number> = { poisson: 2, absolute: 2 };
const NONE = new Float64Array(0);

function derivativesAt(spec: LossSpec, score: number, target: number, weight = NONE) {
  const gradient = new Float64Array(1);
  const hessian = new Float64Array(1);
  const rows = { score: Float64Array.of(score), target: Float64Array.of(target), weight };
  lossOf(spec).derivatives({ ...rows, gradient, hessian, from: 0, to: 1 });
  return { gradient: gradient[0], hessian: hessian[0] };
}

function lossAt(spec: LossSpec, score: number, target: number): number {
  const rows = { score: Float64Array.of(score), target: Float64Array.of(target), weight: NONE };
  const metric = lossOf(spec).metric(rows);
  if (spec === "squared") return (metric * metric) / 2;
  return metric / (METRIC_FACTOR[String(spec)] ?? 1);
}

for (const spec of SPECS) {
  const name = JSON.stringify(spec);
  Deno.test(`lossOf ${name} has the gradient that finite differences give`, () => {
    const inputs = [
      fc.double({ min: -4, max: 4, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ];
    fc.assert(
      fc.property(...(inputs as [typeof inputs[0], typeof inputs[0]]), (score, target) => {
        const kinks = spec === "squared" || spec === "logistic" || spec === "poisson"
          ? []
          : typeof spec === "object" && "huber" in spec
          ? [spec.huber, -spec.huber]
          : [0];
        fc.pre(kinks.every((kink) => Math.abs(target - score - kink) > 1e-3));
        const step = 1e-5;
        const slope = (lossAt(spec, score + step, target) - lossAt(spec, score - step, target)) /
          (2 * step);
        const { gradient } = derivativesAt(spec, score, target);
        assert.ok(
          Math.abs(gradient + slope) < 1e-4 * (1 + Math.abs(slope)),
          `${gradient} ${slope}`,
        );
      }),
    );
  });

  Deno.test(`lossOf ${name} starts from the best constant`, () => {
    const target = Float64Array.of(0.1, 0.9, 0.3, 0.3, 0.6, 0.2, 1);
    const at = (score: number) =>
      lossOf(spec).metric({ score: new Float64Array(7).fill(score), target, weight: NONE });
    const start = lossOf(spec).initial(target, NONE);
    for (let d = -1; d <= 1; d += 0.05) assert.ok(at(start) <= at(start + d) + 1e-12);
  });

  Deno.test(`lossOf ${name} counts a row of weight 2 as two rows`, () => {
    const loss = lossOf(spec);
    const target = Float64Array.of(0.2, 0.7, 0.4);
    const weight = Float64Array.of(1, 2, 1);
    const twice = Float64Array.of(0.2, 0.7, 0.7, 0.4);
    assert.ok(Math.abs(loss.initial(target, weight) - loss.initial(twice, NONE)) < 1e-12);
    const single = loss.metric({ score: Float64Array.of(0, 1, 2), target, weight });
    const double = loss.metric({ score: Float64Array.of(0, 1, 1, 2), target: twice, weight: NONE });
    assert.ok(Math.abs(single - double) < 1e-12);
    const one = derivativesAt(spec, 0.1, 0.7);
    const two = derivativesAt(spec, 0.1, 0.7, Float64Array.of(2));
    assert.equal(two.gradient, 2 * one.gradient);
    assert.equal(two.hessian, 2 * (loss.unitHessian ? 1 : one.hessian));
  });
}

for (const spec of ["logistic", "poisson"] as const) {
  Deno.test(`lossOf ${spec} has the second derivative of finite differences`, () => {
    for (let score = -3; score <= 3; score += 0.25) {
      const step = 1e-5;
      const slope = -(derivativesAt(spec, score + step, 1).gradient -
        derivativesAt(spec, score - step, 1).gradient) / (2 * step);
      const { hessian } = derivativesAt(spec, score, 1);
      const damping = spec === "poisson" ? POISSON_DAMPING : 1;
      assert.ok(Math.abs(hessian / damping - slope) < 1e-5 * (1 + slope));
    }
  });
}

Deno.test("lossOf refuses a quantile or width out of range", () => {
  for (const spec of [{ pinball: 0 }, { pinball: 1 }, { huber: 0 }, { huber: NaN }]) {
    assert.throws(() => lossOf(spec), UsageError);
  }
});
