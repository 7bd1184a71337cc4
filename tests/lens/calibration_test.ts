import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import { logistic, LogisticCalibration, logOdds, OutcomeCalibration } from "../../lib/lens/mod.ts";
import type { Trial } from "../../lib/planning/mod.ts";

Deno.test("LogisticCalibration finds the weights that made the outcomes", () => {
  const rng = seededRng(3);
  const learned = new LogisticCalibration({ prior: [0, 0, 0], refitEvery: 100 });
  const truth = (x: number, y: number) => logistic(-1 + 2 * x - 0.5 * y);
  for (let i = 0; i < 2000; i++) {
    const [x, y] = [rng.normal(), rng.normal()];
    learned.learn([x, y], rng.float() < truth(x, y) ? 1 : 0);
  }
  for (const [x, y] of [[0, 0], [1, 0], [0, 2], [-1, 1]]) {
    const found = learned.probability([x, y]);
    assert.ok(Math.abs(found - truth(x, y)) < 0.05, `${found}, expected ${truth(x, y)}`);
  }
});

Deno.test("LogisticCalibration stays with its prior until outcomes speak, whatever they are", () => {
  const learned = new LogisticCalibration({ prior: [-1, 1], refitEvery: 1 });
  assert.equal(learned.probability([logOdds(0.5)]), logistic(-1));
  learned.learn([0], 1);
  const one = learned.probability([0]);
  assert.ok(one > logistic(-1) && one < 0.5, "one outcome moves it a little");
  for (let i = 0; i < 3000; i++) learned.learn([50], 1);
  assert.ok(learned.probability([50]) <= 1 && learned.size <= 2200);
});

const NO = { whole: false, half: false };
const YES = { whole: true, half: true };

Deno.test("OutcomeCalibration.confidence rises with the chance and with what paid on the past, most with the newest", () => {
  const calibration = new OutcomeCalibration();
  const of = (chance: number, tried: Trial[]) => calibration.confidence({ chance, tried });
  assert.ok(of(0.2, [NO, YES]) < of(0.6, [NO, YES]));
  assert.ok(of(0.5, [NO, NO]) < of(0.5, [{ ...NO, half: true }, NO]));
  assert.ok(of(0.5, [{ ...NO, half: true }, NO]) < of(0.5, [YES, NO]));
  assert.ok(of(0.5, [NO, YES]) < of(0.5, [YES, NO]));
  assert.ok(of(0.5, [NO]) > of(0.5, Array(5).fill(NO)), "more of it says more");
  for (const tried of [[], [YES], Array(10).fill(YES), Array(10).fill(NO)]) {
    for (const chance of [0, 0.5, 1]) assert.ok(of(chance, tried) > 0 && of(chance, tried) < 1);
  }
});

Deno.test("OutcomeCalibration.confidence comes true: expected calibration error within 0.05", () => {
  const rng = seededRng(4);
  const calibration = new OutcomeCalibration();
  // Less comes true than is said before anything was judged; the forecast says more, the past less.
  const draw = () => {
    const tried = Array.from({ length: 5 }, () => rng.float() < 0.5 ? YES : NO);
    const chance = rng.float();
    const days = tried.filter(({ whole }) => whole).length;
    return { shown: { chance, tried }, truth: logistic(0.6 * logOdds(chance) + 0.4 * days - 0.8) };
  };
  for (let i = 0; i < 4000; i++) {
    const { shown, truth } = draw();
    const carriedOut = i % 4 !== 0;
    // What was only judged as if it had been carried out pays less often.
    const paid = rng.float() < (carriedOut ? truth : truth / 2);
    calibration.learnPaid(shown, { paid, carriedOut });
  }
  const bins = Array.from({ length: 10 }, () => ({ said: 0, paid: 0 }));
  for (let i = 0; i < 4000; i++) {
    const { shown, truth } = draw();
    const said = calibration.confidence(shown);
    const bin = bins[Math.min(9, Math.floor(said * 10))];
    bin.said += said;
    bin.paid += truth;
  }
  const error = bins.reduce((sum, { said, paid }) => sum + Math.abs(said - paid), 0) / 4000;
  assert.ok(error < 0.05, String(error));
});
