import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS } from "../../lib/core/mod.ts";
import { channelKey, FEATURE_NAMES, FeatureStream, isDemand } from "../../lib/liquidity/mod.ts";
import type { ChannelState, Forward, LensEvent } from "../../lib/protocol/mod.ts";
import { syntheticEvents } from "../fixtures/synthetic_events.ts";

const T0 = Date.UTC(2024, 0, 1);

function forward(timeMs: number, change: Partial<Forward> = {}): LensEvent {
  return {
    kind: "forward",
    timeMs,
    forward: {
      node: "n",
      inChannel: "a",
      outChannel: "b",
      inAmountMsat: 100_100_000,
      outAmountMsat: 100_000_000,
      outcome: "settled",
      ...change,
    },
  };
}

function state(timeMs: number, localBalanceSat: number, change: Partial<ChannelState> = {}) {
  return {
    kind: "channel_state",
    timeMs,
    channel: {
      node: "n",
      channelId: "b",
      peer: "p",
      capacitySat: 1_000_000,
      localBalanceSat,
      remoteBalanceSat: 1_000_000 - localBalanceSat,
      active: true,
      ...change,
    },
  } satisfies LensEvent;
}

function feature(stream: FeatureStream, key: string, name: string, timeMs = stream.lastMs) {
  const index = FEATURE_NAMES.indexOf(name);
  assert.ok(index >= 0, name);
  return stream.vector(key, timeMs)[index];
}

Deno.test("FEATURE_NAMES start with the names of the first project and are unique", () => {
  assert.deepEqual(FEATURE_NAMES.slice(0, 7), [
    "capacity",
    "local_balance",
    "remote_balance",
    "balance_ratio",
    "tx_count",
    "success_rate",
    "avg_amount",
  ]);
  assert.equal(new Set(FEATURE_NAMES).size, FEATURE_NAMES.length);
});

Deno.test("FeatureStream counts a settled forward out of one channel and into the other", () => {
  const stream = new FeatureStream();
  stream.update(state(T0, 400_000));
  stream.update(forward(T0 + HOUR_MS));
  assert.equal(feature(stream, "n/b", "past_outbound_need_24h"), 100_000);
  assert.ok(Math.abs(feature(stream, "n/a", "past_inbound_need_24h") - 100_100) < 0.1);
  assert.equal(feature(stream, "n/b", "tx_count"), 1);
  assert.equal(feature(stream, "n/b", "success_rate"), 1);
  assert.equal(feature(stream, "n/b", "avg_amount"), 100_000);
  assert.equal(feature(stream, "n/b", "balance_ratio"), 0.4);
  assert.ok(Number.isNaN(feature(stream, "n/a", "balance_ratio")));
  assert.ok(Math.abs(stream.stats("n/b")!.earnedPpm - 1000) < 1e-9);
});

Deno.test("FeatureStream failures for lack of balance are demand, other failures are not", () => {
  const lacking = forward(T0, { outcome: "failed_here", failureReason: "insufficient_balance" });
  const dear = forward(T0, { outcome: "failed_here", failureReason: "fee_insufficient" });
  const further = forward(T0, { outcome: "failed_downstream" });
  const needs = [lacking, dear, further].map((event) => {
    const stream = new FeatureStream();
    stream.update(event);
    return [
      feature(stream, "n/b", "past_outbound_need_24h"),
      feature(stream, "n/b", "unserved_count_24h") > 0,
    ];
  });
  assert.deepEqual(needs, [[100_000, true], [0, false], [0, false]]);
  assert.ok(lacking.kind === "forward" && isDemand(lacking.forward));
});

Deno.test("FeatureStream the same failure within minutes is one wish, later it is another", () => {
  const stream = new FeatureStream();
  const failed = { outcome: "failed_here", failureReason: "insufficient_balance" } as const;
  stream.update(forward(T0, failed));
  stream.update(forward(T0 + 60_000, failed));
  stream.update(forward(T0 + 2 * HOUR_MS, failed));
  assert.equal(stream.counts.retries, 1);
  assert.equal(feature(stream, "n/b", "past_outbound_need_24h"), 200_000);
});

Deno.test("FeatureStream without forwards takes flows from balances, with them never twice", () => {
  const stream = new FeatureStream();
  stream.update(state(T0, 500_000));
  stream.update(state(T0 + HOUR_MS, 450_000));
  assert.equal(feature(stream, "n/b", "past_outbound_need_24h"), 50_000);
  stream.update(forward(T0 + 2 * HOUR_MS));
  stream.update(state(T0 + 3 * HOUR_MS, 350_000));
  assert.equal(feature(stream, "n/b", "past_outbound_need_24h"), 150_000);
});

Deno.test("FeatureStream own rebalances are no demand, whatever the order of their balances", () => {
  const rebalance: LensEvent = {
    kind: "rebalance",
    timeMs: T0 + HOUR_MS,
    rebalance: {
      id: "s1",
      node: "n",
      sourceChannel: "c",
      targetChannel: "b",
      status: "applied",
      amountMsat: 200_000_000,
      feeMsat: 10_000,
      attempts: 1,
      channels: [],
    },
  };
  for (const shown of [false, true]) {
    const stream = new FeatureStream();
    stream.update(state(T0, 100_000));
    const after = state(T0 + HOUR_MS, 300_000);
    stream.update(
      shown
        ? { ...rebalance, rebalance: { ...rebalance.rebalance, channels: [after.channel] } }
        : rebalance,
    );
    stream.update(after);
    assert.equal(feature(stream, "n/b", "past_inbound_need_24h"), 0);
    // A payment on top of the rebalance is demand again.
    stream.update(state(T0 + 2 * HOUR_MS, 270_000));
    assert.equal(feature(stream, "n/b", "past_outbound_need_24h"), 30_000);
  }
});

Deno.test("FeatureStream a rebalance among transactions excuses the balances of its moment", () => {
  const stream = new FeatureStream();
  stream.update(state(T0, 100_000));
  stream.update({
    kind: "transaction",
    timeMs: T0 + HOUR_MS,
    transaction: {
      sender: "n",
      receiver: "n",
      amountMsat: 1e8,
      success: true,
      transactionType: "rebalance",
    },
  });
  stream.update(state(T0 + HOUR_MS, 300_000));
  assert.equal(feature(stream, "n/b", "past_inbound_need_24h"), 0);
  stream.update(state(T0 + 2 * HOUR_MS, 310_000));
  assert.equal(feature(stream, "n/b", "past_inbound_need_24h"), 10_000);
});

Deno.test("FeatureStream late events are counted and give the vectors of the right order", () => {
  const events = syntheticEvents({ nodes: 1, days: 2, seed: 5 })
    .filter((event) => event.kind === "forward");
  const inOrder = new FeatureStream();
  for (const event of events) inOrder.update(event);
  const late = new FeatureStream();
  for (const event of [...events.slice(1), events[0]]) late.update(event);
  assert.equal(late.counts.late, 1);
  assert.equal(late.lastMs, inOrder.lastMs);
  // Decayed sums commute; what depends on the order within an hour may not.
  for (const key of inOrder.keys()) {
    for (const name of ["out_sat_24h", "in_sat_7d", "tx_count", "flow_deviation_6h"]) {
      const [a, b] = [inOrder, late].map((stream) => feature(stream, key, name));
      assert.ok(Math.abs(a - b) <= 1e-9 * (1 + Math.abs(a)), `${key} ${name}: ${a} ${b}`);
    }
  }
});

Deno.test("FeatureStream an older state is not taken, an unusable time corrupts nothing", () => {
  const stream = new FeatureStream();
  stream.update(state(T0 + DAY_MS, 400_000));
  stream.update(state(T0, 900_000));
  stream.update({ ...state(T0, 1), timeMs: NaN });
  assert.equal(stream.state("n/b")!.localBalanceSat, 400_000);
  assert.deepEqual([stream.counts.staleStates, stream.counts.unusable], [1, 1]);
  assert.equal(stream.lastMs, T0 + DAY_MS);
});

Deno.test("FeatureStream vectors have no infinity and read the same twice", () => {
  const stream = new FeatureStream();
  for (const event of syntheticEvents({ days: 3 })) stream.update(event);
  for (const key of stream.keys()) {
    const vector = stream.vector(key, stream.lastMs + 5 * HOUR_MS);
    assert.ok(vector.every((value) => Number.isNaN(value) || Number.isFinite(value)));
    assert.deepEqual(stream.vector(key, stream.lastMs + 5 * HOUR_MS), vector);
  }
  assert.ok(stream.vector("unknown/channel", 0).every(Number.isNaN));
});

Deno.test("FeatureStream knows how long a side was empty and takes parallel channels together", () => {
  const stream = new FeatureStream();
  stream.update(state(T0, 0));
  stream.update(state(T0, 500_000, { channelId: "c" }));
  stream.update(state(T0 + DAY_MS, 500_000));
  stream.update(state(T0 + 2 * DAY_MS, 500_000));
  // Empty for a day, then not for a day: with a half-life of a day, one half is left.
  assert.ok(Math.abs(feature(stream, "n/b", "empty_share_24h") - 0.5) < 1e-9);
  assert.equal(feature(stream, "n/b", "peer_parallel_channels"), 2);
  assert.equal(feature(stream, channelKey("n", "c"), "peer_local_ratio"), 0.5);
  stream.describePeer("p", { channels: 12, capacitySat: 5e6 });
  assert.equal(feature(stream, "n/b", "peer_graph_channels"), 12);
});

Deno.test("FeatureStream.stats earned by own terms, else as observed, else as is usual", () => {
  const stream = new FeatureStream();
  const policy = {
    baseFeeMsat: 1000,
    feeRatePpm: 200,
    cltvDelta: 80,
    minHtlcMsat: 1,
    maxHtlcMsat: 1e9,
    disabled: false,
  };
  stream.update(state(T0, 500_000, { channelId: "terms", localPolicy: policy }));
  stream.update(state(T0, 500_000, { channelId: "none" }));
  // The base fee over the usual 100,000 sat adds 10 ppm.
  assert.ok(Math.abs(stream.stats("n/terms")!.earnedPpm - 210) < 1e-9);
  assert.equal(stream.stats("n/none")!.earnedPpm, 400);
  stream.update(state(T0 + HOUR_MS, 400_000, { channelId: "none" }));
  // 100,000 sat at 400 ppm, seen in a day whose decayed length is a little less.
  assert.ok(feature(stream, "n/none", "fees_msat_7d") > 35_000);
  stream.update(forward(T0 + 2 * HOUR_MS));
  assert.equal(stream.stats("n/none")!.earnedPpm, 0);
});
