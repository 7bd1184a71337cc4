import assert from "node:assert/strict";
import fc from "fast-check";
import { HOUR_MS } from "../../lib/core/mod.ts";
import { BaselineForecaster, type Forecaster, OnlineLearner } from "../../lib/learning/mod.ts";
import { VersionedVector } from "../../lib/learning/versioned_vector.ts";
import { channelKey } from "../../lib/liquidity/mod.ts";
import { syntheticSamples } from "./learned.ts";

const samples = syntheticSamples({ nodes: 6, days: 12 });
const HORIZON_MS = 12 * HOUR_MS;

/** A forecaster whose quantiles are all off by a factor. */
function offBy(factor: number): Forecaster {
  const factors = [0.1, 0.35, 0.8, 1.5, 2.4].map((value) => value * factor);
  return new BaselineForecaster({
    horizonMs: HORIZON_MS,
    factors: { outbound: factors, inbound: factors },
  });
}

function taught(forecaster: Forecaster): OnlineLearner {
  const learner = new OnlineLearner(forecaster);
  for (const sample of samples) learner.observe(sample);
  return learner;
}

Deno.test("OnlineLearner a forecaster that is off is corrected to a clearly lower loss", () => {
  for (const factor of [0.3, 3]) {
    const learner = taught(offBy(factor));
    const { pinballSat, active, coverage } = learner.report();
    assert.ok(active);
    assert.ok(pinballSat.corrected < 0.9 * pinballSat.raw, JSON.stringify(pinballSat));
    const wasOff = Math.abs(coverage.raw - 0.8);
    if (factor < 1) assert.ok(Math.abs(coverage.corrected - 0.8) < wasOff);
    const { node, channelId, vector } = samples[samples.length - 1];
    const [raw] = learner.forecaster.predict(
      { data: vector, rows: 1, columns: vector.length },
      [vector[0]],
    );
    const corrected = learner.correct(channelKey(node, channelId), raw);
    const [a, b] = [raw, corrected].map((f) => f.outboundNeed.sat[4] + f.inboundNeed.sat[4]);
    assert.ok(factor < 1 ? b > a : b < a, `${factor}: ${a} to ${b}`);
  }
});

Deno.test("OnlineLearner leaves forecasts alone until it has seen enough", () => {
  const learner = new OnlineLearner(offBy(0.3));
  const forecast = {
    horizonMs: HORIZON_MS,
    outboundNeed: { sat: [1e4, 2e4, 3e4, 4e4, 5e4] },
    inboundNeed: { sat: [0, 0, 0, 0, 0] },
    feesAtStakeMsat: 1,
  };
  assert.equal(learner.correct("a/b", forecast), forecast);
  for (const sample of samples.slice(0, 100)) learner.observe(sample);
  assert.equal(learner.active, false);
  assert.equal(learner.correct("a/b", forecast), forecast);
});

Deno.test("OnlineLearner is off where its corrections have not been better", () => {
  // Steps so large that corrections overshoot all the time.
  const learner = new OnlineLearner(offBy(1), { sharedStep: 2, ownStep: 2, ownFade: 0 });
  for (const sample of samples) learner.observe(sample);
  const { pinballSat, active } = learner.report();
  assert.ok(pinballSat.corrected > pinballSat.raw);
  assert.equal(active, false);
});

Deno.test("OnlineLearner judges with what was known when the forecast was due", () => {
  // All samples of one moment: none can have taught the others, however often the key comes again.
  const [first] = samples.filter((sample) => sample.label && sample.label.outboundNeedSat > 1e5);
  const learner = new OnlineLearner(offBy(0.3));
  for (let i = 0; i < 300; i++) learner.observe({ ...first, timeMs: first.timeMs + i });
  const { pinballSat } = learner.report();
  assert.equal(pinballSat.corrected, pinballSat.raw);
});

Deno.test("OnlineLearner open labels teach nothing; another forecaster starts anew", () => {
  const learner = taught(offBy(0.3));
  const seen = learner.report().samples;
  learner.observe({ ...samples[0], label: undefined });
  assert.equal(learner.report().samples, seen);
  learner.setForecaster(offBy(1));
  assert.equal(learner.report().samples, 0);
  assert.ok(Number.isNaN(learner.report().pinballSat.raw));
});

Deno.test("VersionedVector.at equals a replay of the changes up to that time", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 40 }), (gaps) => {
    const vector = new VersionedVector(1, 0);
    let timeMs = 0;
    const times = gaps.map((gap) => timeMs += gap);
    const keep = 300;
    times.forEach((time) => vector.change(time, time - keep, (values) => values[0] += 1));
    for (let at = Math.max(0, timeMs - keep); at <= timeMs; at += 7) {
      assert.equal(vector.at(at)[0], times.filter((time) => time <= at).length);
    }
  }));
});

Deno.test("OnlineLearner forecasts samples in batches and says the same whenever it is asked", () => {
  let calls = 0;
  const plain = offBy(0.3);
  const counted: Forecaster = {
    id: plain.id,
    horizonMs: plain.horizonMs,
    predict: (vectors, capacities) => {
      calls++;
      return plain.predict(vectors, capacities);
    },
  };
  const batched = taught(counted);
  const oneByOne = new OnlineLearner(plain);
  for (const sample of samples) {
    oneByOne.observe(sample);
    oneByOne.report();
  }
  assert.deepEqual(batched.report(), oneByOne.report());
  assert.ok(calls <= samples.length / 100, `${calls} calls for ${samples.length} samples`);
});

Deno.test("OnlineLearner mixing with the own past lowers the loss of a forecaster that is off", () => {
  for (const factor of [0.05, 6]) {
    const learner = new OnlineLearner(offBy(factor), { mixture: true });
    for (const sample of samples) learner.observe(sample);
    const { pinballSat, active } = learner.report();
    assert.ok(active && pinballSat.corrected < 0.8 * pinballSat.raw, JSON.stringify(pinballSat));
    const { node, channelId, vector } = samples[samples.length - 1];
    const [raw] = learner.forecaster.predict(
      { data: vector, rows: 1, columns: vector.length },
      [vector[0]],
    );
    const mixed = learner.correct(channelKey(node, channelId), raw);
    assert.ok(mixed.outboundNeed.none !== undefined);
    assert.deepEqual(mixed.outboundNeed.sat, mixed.outboundNeed.sat.toSorted((a, b) => a - b));
  }
});
