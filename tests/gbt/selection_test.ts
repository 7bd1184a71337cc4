import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError, seededRng, UsageError } from "../../lib/core/mod.ts";
import { crossValidate, randomSearch, timeFolds, trainBooster } from "../../lib/gbt/mod.ts";
import { friedman } from "./synthetic.ts";

Deno.test("timeFolds never train on what is not past, with a gap", () => {
  const times = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 60, maxLength: 200 });
  const gaps = fc.integer({ min: 0, max: 20 });
  fc.assert(fc.property(times, fc.integer({ min: 1, max: 4 }), gaps, (list, count, gap) => {
    let folds;
    try {
      folds = timeFolds(list, count, gap);
    } catch (error) {
      assert.ok(error instanceof InputError);
      return;
    }
    assert.equal(folds.length, count);
    const seen = new Set<number>();
    for (const { train, validation } of folds) {
      const start = Math.min(...[...validation].map((i) => list[i]));
      assert.ok(
        train.every((i) =>
          list[i] <= start - gap && list[i] < start || gap === 0 && list[i] < start
        ),
      );
      validation.forEach((i) => {
        assert.ok(!seen.has(i));
        seen.add(i);
      });
    }
  }));
  assert.throws(() => timeFolds([1, 2, 3], 0), UsageError);
  assert.throws(() => timeFolds([1, 1, 1, 1, 1], 2), InputError);
});

const data = friedman(600);
const folds = timeFolds(Float64Array.from({ length: 600 }, (_, i) => i), 3);

Deno.test("crossValidate measures each fold on rows it wasn't trained on", async () => {
  const result = await crossValidate(data, { trees: 20 }, { folds });
  assert.equal(result.metricName, "rmse");
  assert.deepEqual(result.trees, [20, 20, 20]);
  assert.ok(result.losses.every((loss) => loss > 1 && loss < 5));
  const lazy = await crossValidate(data, { trees: 0 }, { folds });
  assert.ok(lazy.mean > result.mean);
});

Deno.test("randomSearch draws different options and puts the best first", async () => {
  const space = { learningRate: [0.01, 0.1, 0.1], leaves: [4, 16] };
  const steps: string[] = [];
  const progress = () => ({
    update: (done: number, note?: string) => steps.push(`${done} ${note}`),
    stop: () => {},
  });
  const task = { folds, trials: 9, base: { trees: 15, minSamplesLeaf: 5 }, train: trainBooster };
  const trials = await randomSearch(data, space, { ...task, rng: seededRng(2), progress });
  assert.equal(trials.length, 4);
  assert.equal(new Set(trials.map(({ options }) => JSON.stringify(options))).size, 4);
  trials.forEach(({ result }, i) => assert.ok(i === 0 || trials[i - 1].result.mean <= result.mean));
  assert.equal(trials[0].options.learningRate, 0.1);
  assert.match(steps[3], /^4 best rmse/);
  const again = await randomSearch(data, space, { ...task, rng: seededRng(2) });
  assert.deepEqual(again, trials);
});
