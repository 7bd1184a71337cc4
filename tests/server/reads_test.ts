import assert from "node:assert/strict";
import { ManualClock } from "../../lib/core/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { LensServer } from "../../lib/server/mod.ts";
import { channelBody, START_MS, steadyForecaster, testServer } from "./server_fixture.ts";

async function json(response: Response | Promise<Response>) {
  return await (await response).json();
}

Deno.test("GET /api/channels lists, filters and pages", async () => {
  const { request, post, dispose } = await testServer();
  await post([channelBody("a"), channelBody("b"), channelBody("c"), {
    ...channelBody("d"),
    node: "bob",
  }]);
  const all = await json(request("/api/channels"));
  assert.equal(all.total, 4);
  assert.equal(all.channels[0].balance_ratio, 0.4);
  const page = await json(request("/api/channels?node=alice&limit=1&offset=2"));
  assert.deepEqual([page.total, page.channels.map((c: { channel_id: string }) => c.channel_id)], [
    3,
    ["c"],
  ]);
  const wrong = await request("/api/channels?limit=0");
  assert.equal(wrong.status, 422);
  assert.equal((await wrong.json()).field, "query.limit");
  await dispose();
});

Deno.test("GET /api/predictions and one channel tell needs, or that it is learning", async () => {
  const { request, post, dispose } = await testServer();
  await post([channelBody("a"), channelBody("a", 30), channelBody("new", 30)]);
  const { predictions } = await json(request("/api/predictions"));
  const [known, learning] = predictions;
  assert.deepEqual(
    [known.state, known.low_ratio, known.high_ratio, known.horizon_hours],
    ["ready", 0.4, 0.9, 24],
  );
  assert.deepEqual([learning.state, learning.optimal_ratio], ["learning", null]);
  const one = await json(request("/api/channels/alice/a"));
  assert.deepEqual([one.channel.channel_id, one.prediction.state, one.decision], [
    "a",
    "ready",
    null,
  ]);
  assert.equal((await request("/api/channels/alice/none")).status, 404);
  await dispose();
});

Deno.test("GET /api/recommendations has a decision for every channel, and an ETag", async () => {
  const { server, request, post, dispose } = await testServer();
  assert.equal((await json(request("/api/recommendations"))).time, null);
  await post([channelBody("a"), channelBody("a", 30), channelBody("b", 30)]);
  await server.renew();
  const response = await request("/api/recommendations");
  const body = await response.json();
  assert.deepEqual(body.decisions.map((d: { channel_id: string }) => d.channel_id).sort(), [
    "a",
    "b",
  ]);
  assert.ok(body.decisions.every((d: { reason: string }) => d.reason.length > 5));
  const etag = response.headers.get("etag")!;
  const again = await request("/api/recommendations", { headers: { "if-none-match": etag } });
  assert.equal(again.status, 304);
  const none = await json(request("/api/recommendations?node=bob"));
  assert.deepEqual(none.decisions, []);
  await dispose();
});

Deno.test("retrain swaps, keeps or fails, says why, and renews the plan", async () => {
  const outcomes = [
    () => Promise.resolve({ status: "promoted" as const, modelId: "m2", reason: "5 % better" }),
    () => Promise.resolve({ status: "kept" as const, modelId: "m2", reason: "no better" }),
    () => Promise.reject(new Error("out of memory")),
  ];
  const { server, request, post, dispose } = await testServer({
    retrain: () => outcomes.shift()!(),
  });
  await post(channelBody("a"));
  assert.equal((await server.retrain()).status, "promoted");
  assert.equal((await json(request("/api/performance"))).model, "m2");
  assert.equal((await json(request("/api/recommendations"))).model, "m2");
  assert.equal((await server.retrain()).status, "kept");
  const [failed, same] = await Promise.all([server.retrain(), server.retrain()]);
  assert.equal(failed, same, "one at a time");
  const models = await json(request("/api/models"));
  assert.equal(models.serving, "m2");
  assert.deepEqual(
    [models.last_retraining.status, models.last_retraining.reason],
    ["failed", "out of memory"],
  );
  await dispose();
});

Deno.test("GET /api/suggestions tells what became of each", async () => {
  const { server, request, post, dispose } = await testServer();
  const { suggestion } = await import("../contracts/store_events.ts");
  await server.options.store.saveSuggestions(START_MS, [suggestion("s1")]);
  await post({
    event_type: "rebalance",
    id: "s1",
    node: "n",
    source_channel: "a",
    target_channel: "b",
    status: "failed",
    reason: "no_route",
    amount_msat: 5000,
    fee_msat: 0,
  });
  const { suggestions } = await json(request("/api/suggestions"));
  assert.equal(suggestions[0].suggestion.target_channel, "b");
  assert.equal(suggestions[0].result.reason, "no_route");
  await dispose();
});

Deno.test("GET /api/twin is null until a simulation shows its twins", async () => {
  const { server, request, dispose } = await testServer();
  assert.equal(await json(request("/api/twin")), null);
  const figures = {
    payments: 10,
    successRate: 0.9,
    feesEarnedMsat: 5000,
    rebalanceCostMsat: 100,
    netIncomeMsat: 4900,
  };
  server.showTwin({ timeMs: START_MS, lens: figures, baseline: figures, gainMsat: 0 });
  assert.equal((await json(request("/api/twin"))).lens.net_income_msat, 4900);
  await dispose();
});

Deno.test("LensServer.open recovers what the journal holds", async () => {
  const first = await testServer();
  await first.post([channelBody("a"), channelBody("a", 30)]);
  const clock = new ManualClock(START_MS);
  const { store, folder } = first.server.options;
  const lens = new Lens({ forecaster: steadyForecaster });
  const second = await LensServer.open({ engine: lens, store, clock, folder });
  assert.equal(second.recoveredEvents, 2);
  assert.equal(second.plan?.decisions.length, 1);
  assert.deepEqual(second.predictions(), first.server.predictions());
  second.drain();
  await first.dispose();
});

Deno.test("startTimers exports, retrains and renews by the clock", async () => {
  const clock = new ManualClock(START_MS);
  let trainings = 0;
  const retrain = () => {
    trainings++;
    return Promise.resolve({ status: "kept" as const, modelId: "steady", reason: "same" });
  };
  const { server, post, dispose } = await testServer({ clock, retrain });
  await post([channelBody("a"), channelBody("a", 30)]);
  server.startTimers({ exportMs: 5 * 60_000, retrainMs: 30 * 60_000 });
  const turn = () => new Promise((resolve) => setTimeout(resolve, 30));
  for (let minute = 1; minute <= 30; minute++) {
    clock.advanceTo(START_MS + minute * 60_000);
    if (minute % 5 === 0 || minute === 1) await turn();
  }
  assert.equal(trainings, 1);
  assert.notEqual(server.plan, undefined);
  const { folder } = server.options;
  const names = [...Deno.readDirSync(`${folder}/raw`)].map((f) => f.name);
  assert.ok(names.some((name) => /^channels_20240922_00\d\d00\.csv$/.test(name)), names.join());
  await dispose();
});
