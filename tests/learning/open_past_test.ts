import assert from "node:assert/strict";
import { HOUR_MS } from "../../lib/core/mod.ts";
import { BaselineForecaster, OnlineLearner } from "../../lib/learning/mod.ts";
import { OpenPast } from "../../lib/learning/open_past.ts";
import { FEATURE_NAMES, type FeatureSample } from "../../lib/liquidity/mod.ts";

const HORIZON_MS = 24 * HOUR_MS;
const CAPACITY_SAT = 2_000_000;
const IDLE = {
  horizonMs: HORIZON_MS,
  outboundNeed: { sat: [0, 0, 0, 0, 5_000], none: 0.85 },
  inboundNeed: { sat: [0, 0, 0, 0, 0], none: 0.95 },
  feesAtStakeMsat: 1_000,
};
const DRAINED = { capacitySat: CAPACITY_SAT, localBalanceSat: 10_000, remoteBalanceSat: 1_990_000 };
const OPEN = { ...DRAINED, localBalanceSat: 1_000_000, remoteBalanceSat: 1_000_000 };

/** A window of a channel that began with a local balance. */
function window(index: number, localSat: number, needSat: number): FeatureSample {
  const vector = new Float64Array(FEATURE_NAMES.length);
  vector[FEATURE_NAMES.indexOf("capacity")] = CAPACITY_SAT;
  vector[FEATURE_NAMES.indexOf("local_balance")] = localSat;
  vector[FEATURE_NAMES.indexOf("remote_balance")] = CAPACITY_SAT - localSat;
  return {
    timeMs: index * 4 * HOUR_MS,
    node: "n",
    channelId: "c",
    peer: "",
    vector,
    label: {
      outboundNeedSat: needSat,
      inboundNeedSat: 0,
      feesAtStakeMsat: needSat / 2,
      optimalLowRatio: NaN,
      optimalHighRatio: NaN,
    },
  };
}

/** Sixty windows with balance and much demand, then sixty without either. */
const windows = Array.from(
  { length: 120 },
  (_, i) => i < 60 ? window(i, 1_000_000, 300_000 + i * 1000) : window(i, 0, 0),
);

Deno.test("OpenPast raises a drained side to what was wanted while it had balance", () => {
  const past = new OpenPast(HORIZON_MS);
  for (const sample of windows) past.observe(sample);
  const { outboundNeed, inboundNeed, feesAtStakeMsat } = past.lift("n/c", IDLE, DRAINED);
  assert.ok(outboundNeed.sat[2] >= 300_000 && outboundNeed.sat[4] < 360_000, `${outboundNeed.sat}`);
  assert.ok(outboundNeed.none! < 0.2);
  assert.deepEqual(inboundNeed, IDLE.inboundNeed, "the side that has balance stays as it was");
  assert.ok(feesAtStakeMsat > 100_000);
});

Deno.test("OpenPast leaves open sides, unknown balances and channels never seen open alone", () => {
  const past = new OpenPast(HORIZON_MS);
  for (const sample of windows) past.observe(sample);
  assert.deepEqual(past.lift("n/c", IDLE, OPEN), IDLE);
  assert.deepEqual(past.lift("n/c", IDLE, { ...DRAINED, capacitySat: NaN }), IDLE);
  assert.deepEqual(past.lift("n/other", IDLE, DRAINED), IDLE);
  const never = new OpenPast(HORIZON_MS);
  for (const sample of windows.slice(60)) never.observe(sample);
  assert.deepEqual(never.lift("n/c", IDLE, DRAINED), IDLE);
});

Deno.test("OpenPast never lowers a forecast, nor raises it above the capacity", () => {
  const past = new OpenPast(HORIZON_MS);
  for (let i = 0; i < 50; i++) past.observe(window(i, 1_000_000, 9_000_000));
  const high = { ...IDLE, outboundNeed: { sat: [1e6, 1.2e6, 1.4e6, 1.6e6, 1.8e6], none: 0 } };
  const { sat } = past.lift("n/c", high, DRAINED).outboundNeed;
  sat.forEach((value, l) => assert.ok(value >= high.outboundNeed.sat[l] && value <= CAPACITY_SAT));
});

Deno.test("OnlineLearner lifts where balances are told, also after a new forecaster", () => {
  const learner = new OnlineLearner(new BaselineForecaster({ horizonMs: HORIZON_MS }));
  for (const sample of windows) learner.observe(sample);
  learner.setForecaster(new BaselineForecaster({ horizonMs: HORIZON_MS }));
  assert.equal(learner.correct("n/c", IDLE), IDLE);
  assert.ok(learner.correct("n/c", IDLE, DRAINED).outboundNeed.sat[2] >= 300_000);
});
