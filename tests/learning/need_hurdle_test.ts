import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import { NeedHurdle } from "../../lib/learning/need_hurdle.ts";
import { coveredMass } from "../../lib/learning/mod.ts";
import { QUANTILE_LEVELS } from "../../lib/liquidity/mod.ts";

/** Needs whose chance and size hang on one feature each. */
function rows(seed: number, count: number) {
  const rng = seededRng(seed);
  const data = new Float64Array(count * 2);
  const need = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const [chance, size] = [0.05 + 0.9 * rng.float(), rng.float() * 3];
    data.set([chance, size], row * 2);
    if (rng.float() < chance) need[row] = 20_000 * Math.exp(size + 0.7 * rng.normal());
  }
  return { x: { data, rows: count, columns: 2 }, need, unit: new Float64Array(count).fill(20_000) };
}

const options = { trees: 80, leaves: 8, learningRate: 0.1, earlyStoppingRounds: 10 };
const featureNames = ["chance", "size"];

Deno.test("NeedHurdle recovers chance and quantiles of planted needs, with right coverage", () => {
  const train = { ...rows(1, 6000), featureNames };
  const hurdle = NeedHurdle.train(train, rows(2, 3000), options, seededRng(3))!;
  const test = rows(4, 4000);
  const { none, quantiles } = hurdle.predict(test.x, test.unit);
  let [error, covered] = [0, 0];
  const below = QUANTILE_LEVELS.map(() => 0);
  for (let row = 0; row < test.need.length; row++) {
    error += Math.abs(1 - none[row] - test.x.data[row * 2]) / test.need.length;
    const sat = quantiles.map((level) => level[row]);
    assert.ok(sat.every((value, i) => value >= (sat[i - 1] ?? 0)), "quantiles ascend");
    covered += coveredMass(test.need[row], { sat, none: none[row] }) / test.need.length;
    sat.forEach((value, i) => below[i] += Number(test.need[row] <= value) / test.need.length);
  }
  assert.ok(error < 0.05, `mean error of the chance ${error}`);
  assert.ok(Math.abs(covered - 0.8) < 0.03, `coverage ${covered}`);
  // Where a quantile is 0 all needs of 0 are at or below it: never fewer than the level.
  below.forEach((share, i) => assert.ok(share > QUANTILE_LEVELS[i] - 0.03, `${share}`));
});

Deno.test("NeedHurdle too few needs give none; what is written is read again", () => {
  const train = { ...rows(1, 2000), featureNames };
  const few = { ...train, need: train.need.map((need, row) => row < 100 ? need : 0) };
  assert.equal(NeedHurdle.train(few, rows(2, 500), options, seededRng(1)), undefined);
  const hurdle = NeedHurdle.train(train, rows(2, 1000), options, seededRng(1))!;
  const again = NeedHurdle.fromJSON(JSON.parse(JSON.stringify(hurdle)));
  const test = rows(5, 50);
  assert.deepEqual(again.predict(test.x, test.unit), hurdle.predict(test.x, test.unit));
  assert.throws(() => NeedHurdle.fromJSON({ residuals: [1] }), /residuals/);
});

Deno.test("coveredMass is 0.8 on average for a right forecast, whatever the chance of none", () => {
  for (const none of [0, 0.05, 0.3, 0.85, 0.97]) {
    // A need of 0 with that chance, otherwise uniform up to 100,000.
    const quantile = (level: number) =>
      level <= none ? 0 : 1000 + 99_000 * (level - none) / (1 - none);
    const forecast = { sat: QUANTILE_LEVELS.map(quantile), none };
    let mean = 0;
    const count = 20_000;
    for (let i = 0; i < count; i++) {
      mean += coveredMass(quantile((i + 0.5) / count), forecast) / count;
    }
    assert.ok(Math.abs(mean - 0.8) < 1e-3, `${none}: ${mean}`);
  }
});
