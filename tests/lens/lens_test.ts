import assert from "node:assert/strict";
import { BaselineForecaster, type Forecaster } from "../../lib/learning/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { QUANTILE_LEVELS } from "../../lib/liquidity/mod.ts";
import type { LensEvent } from "../../lib/protocol/mod.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2024, 8, 22);

/** Forecasts the same outflow for every channel: the lens's own work is what is tested. */
function steady(outSat: number): Forecaster {
  const quantiles = (sat: number) => ({ sat: QUANTILE_LEVELS.map((level) => 2 * level * sat) });
  return {
    id: `steady ${outSat}`,
    horizonMs: 24 * HOUR_MS,
    predict: (_, capacities) =>
      Array.from(capacities, () => ({
        horizonMs: 24 * HOUR_MS,
        outboundNeed: quantiles(outSat),
        inboundNeed: quantiles(0),
        feesAtStakeMsat: outSat,
      })),
  };
}

function state(channelId: string, localSat: number, timeMs: number): LensEvent {
  return {
    kind: "channel_state",
    timeMs,
    channel: {
      node: "me",
      channelId,
      peer: `peer of ${channelId}`,
      capacitySat: 1_000_000,
      localBalanceSat: localSat,
      remoteBalanceSat: 1_000_000 - localSat,
      active: true,
    },
  };
}

function forward(timeMs: number): LensEvent {
  return {
    kind: "forward",
    timeMs,
    forward: {
      node: "me",
      inChannel: "full",
      outChannel: "drained",
      inAmountMsat: 100_100_000,
      outAmountMsat: 100_000_000,
      outcome: "settled",
    },
  };
}

function history(hours: number): LensEvent[] {
  const events: LensEvent[] = [state("drained", 5_000, START_MS), state("full", 990_000, START_MS)];
  for (let hour = 1; hour <= hours; hour++) events.push(forward(START_MS + hour * HOUR_MS));
  return events;
}

function fed(events: readonly LensEvent[]): Lens {
  const lens = new Lens({ forecaster: steady(200_000), collector: { everyHours: 1 } });
  for (const event of events) lens.ingest(event);
  return lens;
}

Deno.test("Lens abstains while it has seen a channel for too short a time", () => {
  const lens = fed(history(5));
  assert.deepEqual(lens.recommend().decisions.map((d) => d.code), ["learning", "learning"]);
});

Deno.test("Lens suggests a refill once it knows enough, and the same for the same events", () => {
  const events = history(30);
  const plan = fed(events).recommend();
  assert.equal(plan.suggestions.length, 1);
  assert.equal(plan.suggestions[0].targetChannel, "drained");
  assert.deepEqual(fed(events).recommend(), plan);
});

Deno.test("Lens tells what moves the forecast of the channel that is refilled", () => {
  const reason = { feature: "out_sat_24h", value: 1, effectSat: 5, text: "raised by outflow" };
  const lens = new Lens({
    forecaster: {
      ...steady(200_000),
      explain: () => [reason, { ...reason, text: "and by hours" }],
    },
    collector: { everyHours: 1 },
  });
  for (const event of history(30)) lens.ingest(event);
  const [suggestion] = lens.recommend().suggestions;
  assert.equal(suggestion.reasons.at(-1), "raised by outflow; and by hours");
});

Deno.test("Lens judges what it suggested once the horizon has passed", () => {
  const judged: string[] = [];
  const lens = new Lens({
    forecaster: steady(200_000),
    collector: { everyHours: 1 },
    onJudged: ({ suggestion, earnedMsat, feeMsat }) => {
      assert.ok(earnedMsat > feeMsat, "forwards came that only the refill could serve");
      judged.push(suggestion.targetChannel);
    },
  });
  for (const event of history(80)) lens.ingest(event);
  assert.ok(judged.length > 0 && judged.every((channel) => channel === "drained"));
});

Deno.test("Lens cools down after a result", () => {
  const events = history(30);
  const lens = fed(events);
  const [s] = lens.recommend().suggestions;
  lens.ingest({
    kind: "rebalance",
    timeMs: lens.nowMs,
    rebalance: {
      id: s.id,
      node: "me",
      sourceChannel: s.sourceChannel,
      targetChannel: s.targetChannel,
      status: "failed",
      amountMsat: s.amountMsat,
      feeMsat: 0,
      attempts: 3,
      channels: [],
    },
  });
  const after = lens.recommend();
  assert.equal(after.suggestions.length, 0);
  assert.equal(after.decisions.find((d) => d.channelId === "drained")?.code, "cool_down");
});

Deno.test("Lens.swapForecaster takes effect at once", () => {
  const lens = fed(history(30));
  assert.equal(lens.recommend().suggestions.length, 1);
  lens.swapForecaster(steady(0));
  assert.equal(lens.recommend().suggestions.length, 0);
});

Deno.test("Lens.outlooks have the baseline's forecast beside that of a model", () => {
  const lens = fed(history(30));
  const pasts = lens.outlooks().map(({ pastForecast }) => pastForecast);
  lens.swapForecaster(new BaselineForecaster());
  const baseline = lens.outlooks();
  assert.deepEqual(pasts, baseline.map(({ forecast }) => forecast));
  assert.ok(baseline.every(({ pastForecast }) => pastForecast === undefined), "it says the same");
});

Deno.test("Lens.trainingTable holds samples once their horizon has passed, at most so many", () => {
  const lens = new Lens({
    forecaster: steady(0),
    collector: { everyHours: 1 },
    maxSamples: 20,
  });
  for (const event of history(30)) lens.ingest(event);
  const early = lens.trainingTable();
  assert.ok(early.rows > 0);
  assert.ok([...early.timeMs].every((timeMs) => timeMs <= lens.nowMs - 24 * HOUR_MS));
  assert.ok([...early.outboundNeedSat].every((need) => need >= 0));
  for (let hour = 31; hour <= 120; hour++) lens.ingest(forward(START_MS + hour * HOUR_MS));
  assert.ok(lens.sampleCount <= 22, String(lens.sampleCount));
});
