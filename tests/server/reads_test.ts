import assert from "node:assert/strict";
import { ManualClock, RecentLog } from "../../lib/core/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { DriftWatch, LensServer } from "../../lib/server/mod.ts";
import {
  channelBody,
  deafLine,
  simulationStatus,
  START_MS,
  steadyForecaster,
  testServer,
} from "./server_fixture.ts";

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
  for (
    const [list, status] of [[`W/${etag}`, 304], [`"x", ${etag}`, 304], ["*", 304], ["x", 200]]
  ) {
    const headers = { "if-none-match": String(list) };
    assert.equal((await request("/api/recommendations", { headers })).status, status);
  }
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

Deno.test("GET /api/forwards pages back through the journal, GET /api/hours through what left it", async () => {
  const { server, request, post, dispose } = await testServer();
  const forward = (hours: number, node = "alice") => ({
    event_type: "forward",
    node,
    in_channel: "a",
    out_channel: "b",
    in_amount_msat: 1100,
    out_amount_msat: 1000,
    outcome: "settled",
    timestamp: new Date(START_MS + hours * 3_600_000).toISOString(),
  });
  await post([forward(0), forward(1, "bob"), channelBody("a"), forward(2)]);
  const first = await json(request("/api/forwards?limit=2"));
  assert.deepEqual(first.forwards.map((f: { seq: number }) => f.seq), [4, 2]);
  assert.equal(first.forwards[0].out_amount_msat, 1000);
  const second = await json(request(`/api/forwards?limit=2&before=${first.next}`));
  assert.deepEqual(second.forwards.map((f: { seq: number }) => f.seq), [1]);
  assert.equal(second.next, null);
  assert.equal((await json(request("/api/forwards?node=bob"))).forwards.length, 1);
  assert.equal((await request("/api/forwards?before=x")).status, 422);
  await server.options.store.prune(START_MS + 90 * 60_000);
  const { hours } = await json(request("/api/hours"));
  assert.deepEqual(hours.map((h: { channel_id: string }) => h.channel_id), ["a", "b", "a", "b"]);
  assert.deepEqual([hours[1].out_msat, hours[1].fees_msat], [1000, 100]);
  const later = new Date(START_MS + 3_600_000).toISOString();
  assert.equal((await json(request(`/api/hours?from=${later}`))).hours.length, 2);
  assert.equal((await request("/api/hours?from=never")).status, 422);
  await dispose();
});

for (const path of ["/api/channels", "/api/predictions", "/api/models", "/api/channels/alice/x"]) {
  Deno.test(`GET ${path} has an ETag that changes with what it tells`, async () => {
    const { server, request, post, dispose } = await testServer();
    await post(channelBody("x"));
    const etag = (await request(path)).headers.get("etag")!;
    const headers = { "if-none-match": etag };
    assert.equal((await request(path, { headers })).status, 304);
    await post(channelBody("x", 1, 1000));
    server.options.models = () => Promise.resolve([{ id: "m", champion: true, details: {} }]);
    await server.renew();
    assert.equal((await request(path, { headers })).status, 200);
    await dispose();
  });
}

Deno.test("backups are made by the clock, and one that fails is told and tried again", async () => {
  const clock = new ManualClock(START_MS);
  let tries = 0;
  const { server, dispose } = await testServer({
    clock,
    backUp: () =>
      ++tries === 1
        ? Promise.reject(new Error("no room"))
        : Promise.resolve({ path: "copy.db", bytes: 4096, removed: [] }),
  });
  server.startTimers({ exportMs: 1e12, retrainMs: 1e12, renewMs: 1e12, backUpMs: 1000 });
  for (const ms of [1000, 2000]) {
    clock.advanceTo(START_MS + ms);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const metrics = await server.metrics.text();
  assert.match(metrics, /backups_total\{outcome="failed"\} 1\n/);
  assert.match(metrics, /backups_total\{outcome="done"\} 1\n/);
  await dispose();
});

Deno.test("an alarm of drift retrains early and is shown", async () => {
  const drift = new DriftWatch({ referenceBlocks: 20 });
  let trainings = 0;
  const { server, request, dispose } = await testServer({
    drift,
    retrain: () => {
      trainings++;
      const featureDrift = [{ feature: "balance_ratio", psi: 0.5 }];
      return Promise.resolve({ status: "kept", modelId: "steady", reason: "no", featureDrift });
    },
  });
  const hour = (h: number, loss: number) => drift.observe(loss, START_MS + h * 3_600_000);
  for (let h = 0; h < 40; h++) hour(h, 0.1 + h % 3 / 100);
  assert.equal((await (await request("/api/performance")).json()).drift.state, "steady");
  assert.equal(trainings, 0);
  for (let h = 40; h < 60 && trainings === 0; h++) hour(h, 0.5);
  assert.equal(trainings, 1);
  await server.retrain();
  const shown = await (await request("/api/performance")).json();
  assert.equal(shown.drift.last_alarm.direction, "up");
  assert.deepEqual(shown.last_retraining.feature_drift, [{ feature: "balance_ratio", psi: 0.5 }]);
  const metrics = await (await request("/metrics")).text();
  assert.match(metrics, /drift_alarms_total 1\n/);
  assert.match(metrics, /feature_drift_psi\{feature="balance_ratio"\} 0.5\n/);
  drift.reset();
  const after = await (await request("/api/performance")).json();
  assert.equal(after.drift.last_alarm, null);
  await dispose();
});

Deno.test("predictions are written down hourly, and when the model changes", async () => {
  const { server, post, dispose } = await testServer();
  const times = async () =>
    (await server.options.store.predictions(0)).map(({ timeMs }) => (timeMs - START_MS) / 3.6e6);
  await post([channelBody("x"), channelBody("x", 30)]);
  await server.renew();
  await post(channelBody("x", 30.5));
  await server.renew();
  assert.deepEqual(await times(), [30]);
  await server.modelChanged("another");
  assert.deepEqual(await times(), [30, 30.5]);
  await post(channelBody("x", 31.5));
  await server.renew();
  assert.deepEqual(await times(), [30, 30.5, 31.5]);
  await dispose();
});

Deno.test("GET /api/suggestions tells what became of each", async () => {
  const { server, request, post, dispose } = await testServer();
  const { suggestion } = await import("../contracts/store_events.ts");
  await server.options.store.saveSuggestions(START_MS, [suggestion("s1"), suggestion("s2")]);
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
  const ended = await json(request("/api/suggestions?with_result=true"));
  assert.deepEqual([suggestions.length, ended.suggestions], [2, [suggestions[0]]]);
  assert.equal(suggestions[0].suggestion.target_channel, "b");
  assert.equal(suggestions[0].result.reason, "no_route");
  await dispose();
});

Deno.test("GET /api/twin is null until a simulation shows its twins", async () => {
  const { server, request, dispose } = await testServer();
  assert.equal(await json(request("/api/twin")), null);
  server.simulation.hear(deafLine, { status: simulationStatus({ lensMsat: 6900 }) });
  const twin = await json(request("/api/twin"));
  assert.deepEqual([twin.lens.net_income_msat, twin.gain_msat], [6900, 2000]);
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

Deno.test("GET /api/log gives the newest lines of a level, and never the token", async () => {
  const log = new RecentLog();
  const say = (level: "info" | "error", text: string) =>
    log.take({
      ...{ category: ["lightning-lens", "server"], level, message: [text] },
      ...{ rawMessage: "", timestamp: START_MS, properties: {} },
    });
  say("error", "the store is full");
  say("info", "somebody came with a-secret-token");
  const { request, dispose } = await testServer({ log }, { token: "a-secret-token" });
  const headers = { authorization: "Bearer a-secret-token" };
  assert.equal((await request("/api/log")).status, 401);
  const { lines } = await json(request("/api/log", { headers }));
  const time = new Date(START_MS).toISOString();
  assert.deepEqual(lines, [
    { time, level: "info", room: "server", text: "somebody came with [token]" },
    { time, level: "error", room: "server", text: "the store is full" },
  ]);
  const grave = await json(request("/api/log?level=error", { headers }));
  assert.deepEqual(grave.lines, [lines[1]]);
  const wrong = await request("/api/log?level=all", { headers });
  assert.deepEqual([wrong.status, (await wrong.json()).field], [422, "query.level"]);
  await dispose();
});
