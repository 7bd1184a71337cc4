import assert from "node:assert/strict";
import { HOUR_MS } from "../../lib/core/mod.ts";
import {
  analyzeFeatures,
  latestRows,
  MOST_PAGES,
  mostAtStake,
  outlooksFromRows,
} from "../../lib/evaluation/mod.ts";
import type { Forecaster } from "../../lib/learning/mod.ts";
import {
  cheapRoutes,
  dearRoutes,
  halfForecaster,
  HORIZON_MS,
  sample,
  sampleTable,
  START_MS,
  tableOf,
  watched,
} from "./sample_table.ts";

Deno.test("latestRows takes the newest row of each channel whatever the order", () => {
  const at = (id: string, hours: number, local: number) =>
    sample(id, watched(1000, local), { timeMs: START_MS + hours * HOUR_MS });
  const { table, timeMs, stale } = latestRows(
    tableOf([at("b", 2, 200), at("a", 3, 300), at("b", 1, 100), at("a", 0, 0)]),
  );
  assert.deepEqual(table.channelIds, ["a", "b"]);
  assert.deepEqual(outlooksFromRows(table, halfForecaster).map((o) => o.channel.localBalanceSat), [
    300,
    200,
  ]);
  assert.equal(timeMs, START_MS + 3 * HOUR_MS);
  assert.equal(stale, 0);
});

Deno.test("latestRows keeps the same channel id of two nodes apart", () => {
  const { table } = latestRows(
    tableOf([sample("a", watched(9, 1)), sample("a", watched(9, 8), { node: "node-b" })]),
  );
  assert.deepEqual(table.nodes, ["node-a", "node-b"]);
});

Deno.test("latestRows leaves out channels that were last seen more than a horizon ago", () => {
  const old = sample("a", watched(10, 5), { timeMs: START_MS - HORIZON_MS - 1 });
  const edge = sample("b", watched(10, 5), { timeMs: START_MS - HORIZON_MS });
  const { table, stale } = latestRows(tableOf([old, edge, sample("c", watched(10, 5))]));
  assert.deepEqual(table.channelIds, ["b", "c"]);
  assert.equal(stale, 1);
});

Deno.test("outlooksFromRows earns by policy, else by what was paid, else by the node's average", () => {
  const none = { local_fee_rate_ppm: NaN };
  const outlooks = outlooksFromRows(
    tableOf([
      sample("policy", watched(10, 5)),
      sample("paid", watched(10, 5, { ...none, out_sat_7d: 1000, fees_msat_7d: 2000 })),
      sample("idle", watched(10, 5, { ...none, out_sat_7d: 0, fees_msat_7d: 0 })),
    ]),
    halfForecaster,
  );
  const node = (50_000 + 2000) / 101_000 * 1000;
  assert.deepEqual(outlooks.map((o) => Math.round(o.earnedOutPpm)), [500, 2000, Math.round(node)]);
  assert.ok(outlooks.every((o) => Math.abs(o.earnedInPpm - node) < 1e-9));
});

Deno.test("analyzeFeatures judges each side by the optimal interval, with its chance", () => {
  const capacity = 1_000_000;
  const { channels } = analyzeFeatures(
    tableOf([
      sample("low", watched(capacity, 300_000)),
      sample("mid", watched(capacity, 700_000)),
      sample("top", watched(capacity, 950_000)),
      sample("new", watched(capacity, 500_000, { hours_observed: 23 })),
    ]),
    { forecaster: halfForecaster, estimate: dearRoutes },
  );
  assert.deepEqual(
    Object.fromEntries(channels.map((c) => [c.outlook.channel.channelId, c.side])),
    { low: "short_outbound", mid: "within", new: "learning", top: "short_inbound" },
  );
  const [low, mid, fresh, top] = channels;
  assert.equal(low.confidence, 0.75);
  assert.equal(top.confidence, 0.5);
  assert.ok(mid.confidence! > 0.9);
  assert.equal(fresh.confidence, undefined);
  assert.equal(fresh.decision.code, "learning");
});

Deno.test("analyzeFeatures decides for every channel once, with or without suggestions", () => {
  const table = sampleTable(40);
  for (const estimate of [cheapRoutes, dearRoutes]) {
    const { channels, plan } = analyzeFeatures(table, { forecaster: halfForecaster, estimate });
    assert.equal(channels.length, 40);
    assert.equal(plan.suggestions.length > 0, estimate === cheapRoutes);
    const taking = channels.filter(({ suggestion }) => suggestion !== undefined);
    // A source may serve several targets.
    const named = plan.suggestions.flatMap((s) => [s.sourceChannel, s.targetChannel]);
    assert.equal(taking.length, new Set(named).size);
    for (const { outlook, suggestion } of taking) {
      const { channelId } = outlook.channel;
      assert.ok([suggestion!.sourceChannel, suggestion!.targetChannel].includes(channelId));
    }
  }
});

Deno.test("latestRows passes over channels without balances, as a forwarding log has them", () => {
  const { table } = latestRows(
    tableOf([sample("a", watched(NaN, NaN)), sample("b", watched(10, 5))]),
  );
  assert.deepEqual(table.channelIds, ["b"]);
  assert.equal(latestRows(tableOf([sample("a", watched(NaN, NaN))])).table.rows, 0);
});

Deno.test("analyzeFeatures tells what moves the needs of those with most at stake and of targets", () => {
  const forecaster = {
    ...halfForecaster,
    predict: halfForecaster.predict.bind(halfForecaster),
    explain: (side: string) => [{ feature: "capacity", value: 1, effectSat: 5, text: side }],
  };
  const { channels, plan } = analyzeFeatures(sampleTable(120), {
    forecaster,
    estimate: cheapRoutes,
  });
  const targets = new Set(plan.suggestions.map((s) => s.targetChannel));
  assert.ok(targets.size > 0);
  const pages = new Set(mostAtStake(channels, ({ outlook }) => outlook));
  assert.equal(pages.size, MOST_PAGES);
  for (const channel of channels) {
    const { outlook, reasons } = channel;
    const told = outlook.forecast !== undefined &&
      (pages.has(channel) || targets.has(outlook.channel.channelId));
    assert.deepEqual(
      reasons,
      told ? { outbound: ["outbound"], inbound: ["inbound"] } : { outbound: [], inbound: [] },
    );
  }
});

Deno.test("analyzeFeatures has the forecasts of all horizons, the shortest first, and both terms", () => {
  const further = [72, 6].map((hours): Forecaster => ({
    id: "other",
    horizonMs: hours * HOUR_MS,
    predict: (_, capacities) =>
      Array.from(capacities, () => ({
        horizonMs: hours * HOUR_MS,
        outboundNeed: { sat: [0, 0, 0, 0, hours] },
        inboundNeed: { sat: [0, 0, 0, 0, 0] },
        feesAtStakeMsat: 0,
      })),
  }));
  const terms = { local_base_fee_msat: 7, remote_fee_rate_ppm: 9 };
  const { channels: [known, young] } = analyzeFeatures(
    tableOf([
      sample("a", watched(1_000_000, 300_000, terms)),
      sample("b", watched(1_000_000, 300_000, { hours_observed: 1, local_fee_rate_ppm: NaN })),
    ]),
    { forecaster: halfForecaster, further, estimate: dearRoutes },
  );
  assert.deepEqual(known.horizons.map(({ horizonMs }) => horizonMs / HOUR_MS), [6, 24, 72]);
  assert.equal(known.horizons[1], known.outlook.forecast);
  assert.deepEqual(known.terms, {
    local: { baseFeeMsat: 7, feeRatePpm: 500 },
    remote: { baseFeeMsat: 0, feeRatePpm: 9 },
  });
  assert.deepEqual([young.horizons, young.terms], [[], { local: undefined, remote: undefined }]);
});
