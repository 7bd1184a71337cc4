import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import { logistic, LogisticCalibration, logOdds, OutcomeCalibration } from "../../lib/lens/mod.ts";

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

Deno.test("OutcomeCalibration.confidence comes true: expected calibration error within 0.05", () => {
  const rng = seededRng(4);
  const calibration = new OutcomeCalibration();
  // What is said is too sure by far: a chance of p comes true with p / 2.
  const draw = () => ({
    chance: rng.float(),
    gainMsat: 1000 * 10 ** rng.float(),
    feeMsat: 500,
    amountMsat: 1e7 * 10 ** rng.float(),
  });
  for (let i = 0; i < 1000; i++) {
    const shown = draw();
    const carriedOut = i % 3 === 0;
    // What was only judged as if it had been carried out pays less often.
    const chance = shown.chance / (carriedOut ? 2 : 4);
    calibration.learnPaid(shown, { paid: rng.float() < chance, carriedOut });
  }
  const bins = Array.from({ length: 10 }, () => ({ said: 0, paid: 0, count: 0 }));
  for (let i = 0; i < 4000; i++) {
    const shown = draw();
    const said = calibration.confidence(shown);
    const bin = bins[Math.min(9, Math.floor(said * 10))];
    bin.said += said;
    bin.paid += rng.float() < shown.chance / 2 ? 1 : 0;
    bin.count++;
  }
  const error = bins.reduce((sum, { said, paid }) => sum + Math.abs(said - paid), 0) / 4000;
  assert.ok(error < 0.05, String(error));
});
