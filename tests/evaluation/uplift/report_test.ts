import assert from "node:assert/strict";
import fc from "fast-check";
import { calibrationOf } from "../../../lib/evaluation/uplift/report/calibration.ts";
import { policyFigures } from "../../../lib/evaluation/uplift/report/figures.ts";
import { upliftRows } from "../../../lib/evaluation/uplift/report/rows.ts";
import {
  median,
  overSeeds,
  SIGNED_LOG_SCALE_SAT,
  signedLog,
} from "../../../lib/evaluation/uplift/report/statistics.ts";
import { upliftReport } from "../../../lib/evaluation/uplift/report/text.ts";
import type { PolicyName } from "../../../lib/evaluation/mod.ts";
import { recordOf } from "./made_records.ts";

Deno.test("signedLog is odd, rises, is linear at nothing and a logarithm far from it", () => {
  fc.assert(fc.property(fc.double({ min: -1e7, max: 1e7, noNaN: true }), (x) => {
    assert.equal(signedLog(-x), -signedLog(x));
    assert.ok(signedLog(x + 1) > signedLog(x));
  }));
  const scale = SIGNED_LOG_SCALE_SAT;
  assert.ok(Math.abs(signedLog(0.001 * scale) - 0.001) < 1e-6);
  assert.ok(Math.abs(signedLog(2e6 * scale) - signedLog(1e6 * scale) - Math.log(2)) < 1e-6);
});

Deno.test("overSeeds gives mean, Student's interval and range", () => {
  const estimate = overSeeds([1, 2, 3, 4]);
  // Standard deviation 1.29099, over the root of 4, times 3.18245 for 3 degrees of freedom.
  assert.ok(Math.abs(estimate.high - (2.5 + 3.1824 * 1.2909944 / 2)) < 1e-3);
  assert.ok(Math.abs(estimate.low + estimate.high - 5) < 1e-12);
  assert.deepEqual([estimate.value, estimate.min, estimate.max, estimate.seeds], [2.5, 1, 4, 4]);
  assert.equal(overSeeds([7]).low, -Infinity);
});

Deno.test("median is the middle, or between the two in the middle", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

Deno.test("calibrationOf weighs the distance of confidence and share by count", () => {
  const rebalance = (confidence: number, earnedMsat: number) => ({
    confidence,
    earnedMsat,
    feeMsat: 10,
  });
  const { expectedError, bins, rebalances } = calibrationOf([
    rebalance(0.82, 20),
    rebalance(0.88, 20),
    rebalance(0.85, 5),
    rebalance(0.31, 10), // earned just its fee: did not pay
    rebalance(1, 11),
  ]);
  assert.equal(rebalances, 5);
  assert.deepEqual(bins.map(({ count, paidShare }) => [count, paidShare]), [
    [1, 0],
    [3, 2 / 3],
    [1, 1],
  ]);
  assert.ok(Math.abs(expectedError - (0.31 + 3 * (0.85 - 2 / 3) + 0) / 5) < 1e-12);
});

const DAYS = 2;

/** Two seeds; what each of two nodes earned net, sat a day. */
function twoSeeds(policy: PolicyName, netSatPerDay: [number, number][]) {
  return netSatPerDay.map((nets, i) =>
    recordOf({ policy, seed: i + 1, netMsat: nets.map((net) => net * DAYS * 1000) })
  );
}

Deno.test("policyFigures compares the same nodes of the same seeds", () => {
  const records = [
    ...twoSeeds("none", [[100, 50], [200, 0]]),
    ...twoSeeds("evd50", [[200, 40], [200, -20]]),
  ];
  const figures = policyFigures(records, "evd50", DAYS);
  const seeds = [
    (signedLog(200) - signedLog(100) + signedLog(40) - signedLog(50)) / 2,
    (0 + signedLog(-20) - signedLog(0)) / 2,
  ];
  assert.ok(Math.abs(figures.over.none!.value - (seeds[0] + seeds[1]) / 2) < 1e-12);
  assert.ok(Math.abs(figures.over.none!.min - Math.min(...seeds)) < 1e-12);
  assert.equal(figures.over.persistence, undefined);
  assert.equal(figures.over.evd50, undefined);
  // 40 is more than a tenth below 50, -20 below 0; 200 is not below 200.
  assert.equal(figures.losingShare!.value, 0.5);
  assert.equal(figures.pooledSatPerDay.value, (240 + 180) / 2);
  assert.equal(figures.medianSatPerDay, (40 + 200) / 2);
  assert.equal(figures.nodes, 4);
  const none = policyFigures(records, "none", DAYS);
  assert.equal(none.losingShare, undefined);
  assert.equal(none.over.evd50!.value, -figures.over.none!.value);
});

Deno.test("policyFigures tells the share of the uplift that knowing all routes has", () => {
  const records = [
    ...twoSeeds("none", [[100, 100]]),
    ...twoSeeds("ours", [[200, 200]]),
    ...twoSeeds("persistence+routes", [[400, 400]]),
  ];
  const { over, shareOfKnownRoutes } = policyFigures(records, "ours", DAYS);
  const whole = signedLog(400) - signedLog(100);
  assert.ok(Math.abs(shareOfKnownRoutes! - over.none!.value / whole) < 1e-12);
  assert.equal(policyFigures(records.slice(0, 2), "ours", DAYS).shareOfKnownRoutes, undefined);
  const without = policyFigures(records, "none", DAYS);
  assert.equal(without.shareOfKnownRoutes, undefined);
});

Deno.test("policyFigures counts suggestions, spending and the calibration of the lens alone", () => {
  const paybacks = [{ confidence: 0.9, earnedMsat: 5, feeMsat: 1 }];
  const made = { made: 4, applied: 1, failed: 2, refused: 1, attempts: 30 };
  const suggestions = { ...made, askedMsat: 1000, movedMsat: 250 };
  const record = recordOf({ policy: "ours", seed: 1, netMsat: [0] });
  record.nodes[0].rebalanceCostMsat = 6000;
  record.nodes[0].rebalancedMsat = 30_000_000;
  const figures = policyFigures([{ ...record, paybacks, suggestions }], "ours", DAYS);
  assert.equal(figures.spentSatPerDay.value, 3);
  assert.equal(figures.paidPpm, 200);
  assert.equal(figures.paidShare, 1);
  assert.ok(Math.abs(figures.calibration!.expectedError - 0.1) < 1e-12);
  assert.deepEqual(figures.tally, suggestions);
  const simple = recordOf({ policy: "lndg", seed: 1, netMsat: [0] });
  assert.equal(policyFigures([{ ...simple, paybacks }], "lndg", DAYS).calibration, undefined);
});

Deno.test("upliftRows give every figure with its range, and intervals as rows of their own", () => {
  const records = [
    ...twoSeeds("none", [[100, 50], [200, 10]]),
    ...twoSeeds("evd50", [[200, 40], [300, 20]]),
  ];
  const all = (["none", "evd50"] as const).map((policy) => policyFigures(records, policy, DAYS));
  const rows = upliftRows(all);
  const uplift = rows.find(({ case: name, metric }) =>
    name === "base/evd50" && metric === "signed_log_uplift_over_none"
  )!;
  const estimate = all[1].over.none!;
  assert.equal(uplift.value, 100 * estimate.value);
  assert.equal(uplift.ratio, Math.exp(estimate.value));
  assert.deepEqual([uplift.peer, uplift.peer_value, uplift.runs], ["none", 0, 2]);
  const high = rows.find(({ metric }) => metric === "signed_log_uplift_over_none_high_95")!;
  assert.equal(high.value, 100 * estimate.high);
  for (const row of rows) {
    assert.equal(row.bench, "uplift");
    for (const value of [row.value, row.min, row.max]) assert.ok(Number.isFinite(value));
  }
  assert.equal(JSON.stringify(JSON.parse(JSON.stringify(rows))), JSON.stringify(rows));
});

Deno.test("upliftReport has a line a policy in each table", () => {
  const records = [
    ...twoSeeds("none", [[100, 50], [200, 10]]),
    ...twoSeeds("evd50", [[200, 40], [300, 20]]),
  ];
  const text = upliftReport(
    (["none", "evd50"] as const).map((policy) => policyFigures(records, policy, DAYS)),
  ).join("\n");
  assert.match(text, /Scenario base: 2 seeds, 4 nodes/);
  assert.equal(text.match(/^evd50 /gm)?.length, 2);
});
