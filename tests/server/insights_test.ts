import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, InputError, isoTime } from "../../lib/core/mod.ts";
import type { Plan } from "../../lib/planning/mod.ts";
import type { Suggestion } from "../../lib/protocol/mod.ts";
import { JudgedBook } from "../../lib/server/mod.ts";
import { MemoryStore } from "../contracts/memory_store.ts";
import { NetworkBuilder } from "../../lib/network/mod.ts";
import { randomNetwork } from "../network/helpers.ts";
import { channelBody, START_MS, testServer } from "./server_fixture.ts";

const SUGGESTION: Suggestion = {
  id: "s1",
  node: "alice",
  sourceNode: "peer-a",
  sourceChannel: "a",
  targetNode: "peer-b",
  targetChannel: "b",
  amountMsat: 100_000_000,
  feeLimitMsat: 50_000,
  confidence: 0.65,
  expectedGainMsat: 40_000,
  expectedFeeMsat: 20_000,
  sourceOptimalRatio: 0.5,
  targetOptimalRatio: 0.5,
  expiresAt: START_MS + DAY_MS,
  reasons: ["because"],
};

function forward(hours: number, more: object = {}) {
  return {
    event_type: "forward",
    node: "alice",
    in_channel: "a",
    out_channel: "b",
    in_amount_msat: 10_010_000,
    out_amount_msat: 10_000_000,
    outcome: "settled",
    timestamp: isoTime(START_MS + hours * HOUR_MS),
    ...more,
  };
}

const LACKED = { outcome: "failed_here", failure_reason: "insufficient_balance" };

/** A server with two channels, some forwards and one suggestion in its plan. */
async function insightServer(options: Parameters<typeof testServer>[0] = {}) {
  const fixture = await testServer(options);
  await fixture.post([
    channelBody("a"),
    channelBody("b"),
    forward(0.5),
    forward(0.6),
    forward(25, LACKED),
    forward(26),
    channelBody("b", 27, 300_000),
  ]);
  await fixture.server.renew();
  const plan: Plan = { ...fixture.server.plan!, suggestions: [SUGGESTION] };
  fixture.server.plan = plan;
  const get = async (path: string) => await (await fixture.request(path)).json();
  const act = (path: string, headers: Record<string, string> = {}) =>
    fixture.request(path, { method: "POST", headers });
  return { ...fixture, get, act };
}

Deno.test("GET /api/activity sums fees, failures and lacks by hour", async () => {
  const { get, dispose } = await insightServer();
  const { now, hours } = await get("/api/activity");
  assert.equal(now, isoTime(START_MS + 27 * HOUR_MS));
  assert.deepEqual(hours.map((h: Record<string, unknown>) => [h.settled, h.failed, h.lacked]), [
    [2, 0, 0],
    [0, 1, 1],
    [1, 0, 0],
  ]);
  assert.equal(hours[0].fees_msat, 20_000);
  assert.deepEqual((await get("/api/activity?node=bob")).hours, []);
  await dispose();
});

Deno.test("GET /api/flows sums by peers over the days asked for", async () => {
  const { get, dispose } = await insightServer();
  const { flows } = await get("/api/flows?days=7");
  assert.deepEqual(flows, [{
    node: "alice",
    in_peer: "peer-a",
    out_peer: "peer-b",
    count: 3,
    amount_msat: 30_000_000,
    fees_msat: 30_000,
  }]);
  assert.equal((await get("/api/flows?days=1")).flows[0].count, 1);
  await dispose();
});

Deno.test("GET /api/channels/NODE/ID/history tells balances, forecasts, forwards, lacks", async () => {
  const { get, request, dispose } = await insightServer();
  const history = await get("/api/channels/alice/b/history");
  assert.equal(history.trail[0].local_balance_sat, 400_000);
  const last = history.trail.at(-1);
  assert.equal(last.local_balance_sat, 300_000);
  assert.ok(last.low_ratio <= last.high_ratio);
  assert.equal(history.forwards.length, 4);
  assert.deepEqual(history.shortage, { days: 7, count: 1, amount_msat: 10_000_000 });
  const now = history.what_if.find((p: { local_sat: number }) => p.local_sat === 300_000);
  assert.equal(now.gain_msat, 0);
  assert.ok(history.what_if.at(-1).short_outbound < now.short_outbound);
  assert.equal((await request("/api/channels/alice/zz/history")).status, 404);
  await dispose();
});

Deno.test("GET /api/network gives the graph as columns, and null without one", async () => {
  const { get, server, dispose } = await insightServer();
  assert.equal(await get("/api/network"), null);
  const network = randomNetwork(40, 1);
  server.setTopology(network);
  const { nodes, ends, channels, capacity_sat } = await get("/api/network");
  assert.equal(nodes.length, network.nodeCount);
  assert.equal(ends.length, 2 * network.channelCount);
  assert.equal(channels.length, capacity_sat.length);
  assert.ok(ends.every((end: number) => nodes[end] !== undefined));
  await dispose();
});

Deno.test("channels carry the names that the graph gives their ends, and tell them anew with a graph", async () => {
  const { get, server, dispose } = await insightServer();
  const names = async () => {
    const { channels } = await get("/api/channels");
    const one = await get("/api/channels/alice/a");
    return [channels[0], one.channel].map((c) => [c.node_alias, c.peer_alias]);
  };
  const { peer } = server.channels.list()[0].channel;
  assert.deepEqual(await names(), [[null, null], [null, null]]);
  const reader = server.live.reader().getReader();
  await reader.read();
  const builder = new NetworkBuilder();
  builder.addNode("alice", "");
  builder.addNode(peer, "<b>Bob</b>");
  server.showGraph(builder.build());
  const told = new TextDecoder().decode((await reader.read()).value);
  assert.match(told, /^event: channels\n.*"peer_alias":"<b>Bob<\/b>"/s);
  assert.deepEqual(await names(), [[null, "<b>Bob</b>"], [null, "<b>Bob</b>"]]);
  await reader.cancel();
  await dispose();
});

Deno.test("dismissed suggestions say so for 24 hours of data, or until they are restored", async () => {
  const { get, act, server, post, dispose } = await insightServer();
  const { until } = await (await act("/api/recommendations/s1/dismiss")).json();
  assert.equal(until, isoTime(START_MS + 51 * HOUR_MS));
  assert.deepEqual((await get("/api/recommendations")).dismissed, [{ id: "s1", until }]);
  assert.equal((await act("/api/recommendations/s1/restore")).status, 204);
  assert.deepEqual((await get("/api/recommendations")).dismissed, []);
  await act("/api/recommendations/s1/dismiss");
  await post(channelBody("a", 52));
  assert.deepEqual(server.planView().dismissed, []);
  assert.equal((await act("/api/recommendations/other/dismiss")).status, 404);
  await dispose();
});

Deno.test("dismissals outlast a restart, and are forgotten when they have expired", async () => {
  const store = new MemoryStore();
  const first = await insightServer({ store });
  const { until } = await (await first.act("/api/recommendations/s1/dismiss")).json();
  await first.dispose();
  const second = await testServer({ store });
  second.server.plan = first.server.plan;
  assert.deepEqual(second.server.planView().dismissed, [{ id: "s1", until }]);
  await second.post(channelBody("a", 52));
  await second.dispose();
  assert.equal((await store.notes("dismissed/")).size, 1);
  const third = await testServer({ store });
  assert.equal((await store.notes("dismissed/")).size, 0);
  await third.dispose();
});

Deno.test("without execution accept and the kill switch say that it is off", async () => {
  const { get, act, dispose } = await insightServer();
  for (const path of ["/api/recommendations/s1/accept", "/api/rebalancing/stop"]) {
    const answer = await act(path);
    assert.equal(answer.status, 409);
    assert.match((await answer.json()).detail, /execution is off/);
  }
  assert.deepEqual(await get("/api/executions"), {
    enabled: false,
    stopped: false,
    spending: null,
    executions: [],
  });
  await dispose();
});

Deno.test("with execution accept begins it, and the kill switch stops", async () => {
  const begun: string[] = [];
  const execution = {
    stopped: false,
    accept(suggestion: Suggestion) {
      if (this.stopped) return "stopped";
      begun.push(suggestion.id);
      return undefined;
    },
    executions: () => [{ suggestion: SUGGESTION, begunMs: START_MS, attempts: [] }],
    stopOne: (id: string) => id === "s1" ? undefined : "it is not under way",
    stop: () => void (execution.stopped = true),
    resume: () => void (execution.stopped = false),
    spending: () => ({ settledMsat: 1, reservedMsat: 2, budgetMsat: 3 }),
  };
  const { get, act, dispose } = await insightServer({ execution });
  assert.equal((await act("/api/recommendations/s1/accept")).status, 202);
  assert.equal((await act("/api/rebalancing/stop")).status, 204);
  assert.equal((await act("/api/recommendations/s1/accept")).status, 409);
  assert.equal((await get("/api/executions")).stopped, true);
  assert.equal((await act("/api/rebalancing/resume")).status, 204);
  assert.deepEqual(begun, ["s1"]);
  assert.equal((await get("/api/executions")).executions[0].begun, isoTime(START_MS));
  assert.equal((await act("/api/executions/s1/stop")).status, 202);
  assert.equal((await act("/api/executions/s2/stop")).status, 409);
  await dispose();
});

Deno.test("promote and rollback change what serves, or say why not", async () => {
  const modelControl = {
    promote: (id: string) =>
      id === "m2"
        ? Promise.resolve()
        : Promise.reject(new InputError({ field: "model", found: id, expected: "m2" })),
    rollBack: () => Promise.resolve("m1"),
  };
  const { act, server, dispose } = await insightServer({ modelControl });
  assert.equal((await act("/api/models/m2/promote")).status, 200);
  assert.equal(server.modelId, "m2");
  assert.equal((await act("/api/models/m9/promote")).status, 422);
  assert.equal((await act("/api/models/rollback", { "if-match": '"m7"' })).status, 412);
  assert.equal((await act("/api/models/rollback", { "if-match": "m7" })).status, 422);
  assert.equal(server.modelId, "m2");
  const back = await act("/api/models/rollback", { "if-match": '"m2"' });
  assert.deepEqual(await back.json(), { serving: "m1" });
  assert.equal(server.modelId, "m1");
  await dispose();
});

Deno.test("JudgedBook sums by day and kind, and bins by confidence", () => {
  const book = new JudgedBook();
  const judgement = {
    suggestion: SUGGESTION,
    basis: {
      id: "s1",
      shown: { chance: 0.5, tried: [] },
      route: { feeMsat: 0, probability: 1 },
    },
    timeMs: START_MS + HOUR_MS,
    feeMsat: 20_000,
    movedShare: 1,
  };
  book.add({ ...judgement, carriedOut: true, earnedMsat: 50_000 });
  book.add({ ...judgement, carriedOut: true, earnedMsat: 10_000 });
  book.add({ ...judgement, carriedOut: false, earnedMsat: 0 });
  assert.deepEqual(book.days().map((d) => [d.carriedOut, d.count, d.paid, d.realisedMsat]), [
    [true, 2, 1, 20_000],
    [false, 1, 0, -20_000],
  ]);
  assert.equal(book.bins()[6].count, 3);
  assert.equal(book.bins()[6].paid, 1);
});
