import assert from "node:assert/strict";
import { HOUR_MS, isoTime } from "../../lib/core/mod.ts";
import { type Network, NetworkBuilder } from "../../lib/network/mod.ts";
import {
  formatMessage,
  type RebalanceProgress,
  type SuggestionResult,
} from "../../lib/protocol/mod.ts";
import { Conversation } from "../../lib/server/conversation.ts";
import { JudgedBook } from "../../lib/server/mod.ts";
import { Runs } from "../../lib/server/state/runs.ts";
import { namesAlong } from "../../lib/server/insights/run_views.ts";
import { channelBody, START_MS, testServer } from "./server_fixture.ts";

const PROGRESS: RebalanceProgress = {
  id: "s1",
  node: "alice",
  sourceChannel: "a",
  targetChannel: "b",
  amountMsat: 100_000,
  feeLimitMsat: 50,
  tries: [],
  underWay: [{ channels: ["a", "m", "b"], amountMsat: 100_000, feeMsat: 20 }],
};
const FAILED = {
  channels: ["a", "m", "b"],
  amountMsat: 100_000,
  feeMsat: 20,
  settled: false,
  failedHop: 1,
  reason: "temporary_channel_failure",
};
const RESULT: SuggestionResult = {
  ...{ id: "s1", node: "alice", sourceChannel: "a", targetChannel: "b" },
  ...{ status: "failed", amountMsat: 0, feeMsat: 0, attempts: 1, channels: [] },
  reason: "no route is left",
  tries: [FAILED],
};

/** alice - a - bob - m - carol - b - alice; carol has no alias. */
function ring(): Network {
  const builder = new NetworkBuilder();
  for (const [id, alias] of [["alice", ""], ["bob", "Bob & sons"], ["carol", ""]]) {
    builder.addNode(id, alias);
  }
  const policy = {
    ...{ baseFeeMsat: 0, feeRatePpm: 1, cltvDelta: 40, minHtlcMsat: 1 },
    ...{ maxHtlcMsat: 1e9, disabled: false },
  };
  for (
    const [channelId, node1, node2] of [
      ["a", "alice", "bob"],
      ["m", "bob", "carol"],
      ["b", "carol", "alice"],
    ]
  ) {
    const ends = { channelId, node1, node2, capacitySat: 1_000_000 };
    builder.addChannel({ ...ends, policy1: policy, policy2: policy });
  }
  return builder.build();
}

Deno.test("Runs takes each step, is ended by the result, and forgets the oldest", () => {
  const told: string[] = [];
  const runs = new Runs(({ progress, result }) =>
    told.push(`${progress.id} ${progress.underWay.length} ${result?.status}`)
  );
  runs.progress(PROGRESS, 10);
  runs.progress({ ...PROGRESS, tries: [FAILED], underWay: [] }, 20);
  runs.see({ kind: "rebalance", timeMs: 30, rebalance: RESULT });
  // What comes too late changes nothing.
  runs.progress(PROGRESS, 40);
  assert.deepEqual(told.splice(0), ["s1 1 undefined", "s1 0 undefined", "s1 0 failed"]);
  const run = runs.get("s1")!;
  assert.deepEqual([run.begunMs, run.endedMs, run.progress.tries.length], [10, 30, 1]);
  runs.see({ kind: "rebalance", timeMs: 45, rebalance: { ...RESULT, id: "alone" } });
  runs.see({ kind: "rebalance", timeMs: 45, rebalance: { ...RESULT, id: "none", attempts: 0 } });
  assert.deepEqual([runs.get("alone")!.begunMs, runs.get("none")], [45, undefined]);
  for (let i = 0; i < 60; i++) runs.progress({ ...PROGRESS, id: `r${i}` }, 50);
  assert.equal(runs.get("s1"), undefined);
  assert.deepEqual(runs.list(2).map(({ progress }) => progress.id), ["r59", "r58"]);
});

Deno.test("namesAlong names the far end of each channel, as far as the graph leads", () => {
  const network = ring();
  assert.deepEqual(namesAlong(network, "alice", ["a", "m", "b"]), ["Bob & sons", "carol", "alice"]);
  assert.deepEqual(namesAlong(network, "alice", ["b", "m"]), ["carol", "Bob & sons"]);
  assert.deepEqual(namesAlong(network, "alice", ["a", "b"]), ["Bob & sons", null]);
  assert.deepEqual(namesAlong(network, "nobody", ["a"]), [null]);
  assert.deepEqual(namesAlong(undefined, "alice", ["a"]), [null]);
});

Deno.test("a simulation's rebalance is seen under way on its line, and with its end", async () => {
  const { server, request, post, dispose } = await testServer();
  await post([channelBody("a"), channelBody("b", 1)]);
  server.setTopology(ring());
  const reader = server.live.reader().getReader();
  await reader.read();
  const conversation = new Conversation(server, { send: () => {}, close: () => {} });
  conversation.hear(
    formatMessage("rebalance_progress", PROGRESS, { seq: 0, timeMs: START_MS }),
  );
  const told = new TextDecoder().decode((await reader.read()).value);
  assert.match(told, /^event: run\n/);
  const executions = async () => (await (await request("/api/executions")).json()).executions;
  const [run] = await executions();
  assert.deepEqual(run, JSON.parse(/^data: (.*)$/m.exec(told)![1]));
  assert.deepEqual(
    [run.suggestion.source_node, run.begun, run.ended, run.result],
    ["peer-a", isoTime(START_MS + HOUR_MS), null, null],
  );
  assert.deepEqual(run.under_way[0].nodes, ["Bob & sons", "carol", "alice"]);
  await server.ingest([{ kind: "rebalance", timeMs: START_MS + 2 * HOUR_MS, rebalance: RESULT }]);
  const [ended] = await executions();
  assert.deepEqual([ended.under_way, ended.result.reason], [[], "no route is left"]);
  assert.deepEqual([ended.tries[0].failed_hop, ended.tries[0].nodes[1]], [1, "carol"]);
  await reader.cancel();
  await dispose();
});

Deno.test("GET /api/suggestions tells the routes that were tried and what became of it", async () => {
  const judged = new JudgedBook();
  const { server, request, post, dispose } = await testServer({ judged });
  await post([channelBody("a"), channelBody("b")]);
  server.setTopology(ring());
  const suggestion = {
    ...{ id: "s1", node: "alice", sourceNode: "bob", sourceChannel: "a", targetNode: "carol" },
    ...{ targetChannel: "b", amountMsat: 100_000, feeLimitMsat: 50, confidence: 0.7 },
    ...{ expectedGainMsat: 40, expectedFeeMsat: 20, sourceOptimalRatio: 0.5 },
    ...{ targetOptimalRatio: 0.5, expiresAt: START_MS + HOUR_MS, reasons: ["because"] },
  };
  await server.options.store.saveSuggestions(START_MS, [suggestion]);
  const row = async () => (await (await request("/api/suggestions")).json()).suggestions[0];
  assert.deepEqual([(await row()).result, (await row()).judged], [null, null]);
  await server.ingest([{ kind: "rebalance", timeMs: START_MS, rebalance: RESULT }]);
  judged.add({
    ...{ suggestion, timeMs: START_MS, carriedOut: false, earnedMsat: 90, feeMsat: 20 },
    movedShare: 1,
    basis: {
      id: "s1",
      shown: { chance: 0.5, tried: [] },
      route: { feeMsat: 20, probability: 1 },
    },
  });
  const { result, judged: verdict } = await row();
  assert.deepEqual(result.tries[0].nodes, ["Bob & sons", "carol", "alice"]);
  assert.deepEqual(verdict, { carried_out: false, earned_msat: 90, fee_msat: 20 });
  await dispose();
});
