import assert from "node:assert/strict";
import { HOUR_MS, ManualClock, MINUTE_MS } from "../../lib/core/mod.ts";
import type { AlertOptions } from "../../lib/server/mod.ts";
import { channelBody, START_MS, testServer } from "./server_fixture.ts";

/** A server with a channel that runs short with 50 sat of fees at stake. */
async function withServer(
  alerts: AlertOptions,
  work: (parts: Awaited<ReturnType<typeof testServer>> & { clock: ManualClock }) => Promise<void>,
  folder?: string,
) {
  const clock = new ManualClock(START_MS);
  const parts = await testServer({ alerts, clock, ...(folder && { folder }) });
  await parts.post([channelBody("a", 0, 1000), channelBody("a", 30, 1000)]);
  await parts.server.renew();
  try {
    await work({ ...parts, clock });
  } finally {
    await (folder === undefined ? parts.dispose() : parts.server.close());
  }
}

const draining: AlertOptions = { thresholds: { shortChance: 0.8, stakeSat: 50 } };
const KEY = "channel_draining:alice/a";

/** Lets so many minutes pass, one by one, with what happens in them. */
async function minutes(clock: ManualClock, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    clock.advanceTo(clock.nowMs() + MINUTE_MS);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

type Request = Awaited<ReturnType<typeof testServer>>["request"];

async function alertsOf(request: Request) {
  return await (await request("/api/alerts")).json();
}

function silence(request: Request, body: unknown): Promise<Response> {
  return request("/api/alerts/silence", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

Deno.test("alerts: raised by a plan beyond the thresholds, shown, counted and told live", async () => {
  await withServer(draining, async ({ server, request }) => {
    const { alerts: [alert, ...rest] } = await alertsOf(request);
    assert.equal(rest.length, 0);
    assert.equal(alert.key, KEY);
    assert.equal(alert.since, new Date(START_MS).toISOString());
    assert.equal(alert.silenced_until, null);
    const metrics = await (await request("/metrics")).text();
    assert.match(metrics, /^lightning_lens_alerts\{code="channel_draining"\} 1$/m);
    assert.match(metrics, /^lightning_lens_alerts\{code="drift"\} 0$/m);
    assert.equal(server.snapshot().alerts.alerts.length, 1);
  });
  await withServer(
    { thresholds: { ...draining.thresholds, stakeSat: 51 } },
    async ({ request }) => {
      assert.deepEqual(await alertsOf(request), { alerts: [], silences: [] });
    },
  );
});

Deno.test("alerts: a silence outlasts a restart, and 0 minutes end it", async () => {
  const folder = await Deno.makeTempDir();
  const until = new Date(START_MS + HOUR_MS).toISOString();
  await withServer(draining, async ({ request }) => {
    const answer = await silence(request, { key: KEY, minutes: 60 });
    assert.deepEqual([answer.status, await answer.json()], [200, { until }]);
  }, folder);
  await withServer(draining, async ({ request, clock }) => {
    const { alerts: [alert], silences } = await alertsOf(request);
    assert.equal(alert.silenced_until, until);
    assert.deepEqual(silences, [{ key: KEY, until }]);
    await silence(request, { key: KEY, minutes: 0 });
    assert.deepEqual((await alertsOf(request)).silences, []);
    await silence(request, { key: "channel_draining", minutes: 1 });
    await minutes(clock, 2);
    assert.equal((await alertsOf(request)).alerts[0].silenced_until, null);
  }, folder);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("alerts: what can't be silenced is refused by name", async () => {
  await withServer(draining, async ({ request }) => {
    for (
      const [body, status, field] of [
        ["{", 400, undefined],
        [{ key: "no_such", minutes: 1 }, 422, "key"],
        [{ key: "drift" }, 422, "minutes"],
        [{ key: "drift", minutes: -1 }, 422, "minutes"],
        [{ key: "drift", minutes: 1e9 }, 422, "minutes"],
        [{ key: "drift", minutes: 1, more: 1 }, 422, "more"],
        [{ key: `drift:${"x".repeat(5000)}`, minutes: 1 }, 413, undefined],
      ] as const
    ) {
      const answer = await silence(request, body);
      assert.deepEqual([answer.status, (await answer.json()).field], [status, field]);
    }
    assert.deepEqual((await alertsOf(request)).silences, []);
  });
});

Deno.test("alerts: once a minute by the clock, for what needs no plan", async () => {
  let lastHeardMs = START_MS;
  const node = () => ({ lastHeardMs, reason: "connection refused" });
  await withServer({ node }, async ({ server, request, clock }) => {
    server.startTimers({ exportMs: 1e12, retrainMs: 1e12 });
    await minutes(clock, 9);
    assert.deepEqual((await alertsOf(request)).alerts, []);
    await minutes(clock, 2);
    const { alerts: [alert] } = await alertsOf(request);
    assert.equal(alert.code, "node_unreachable");
    assert.match(alert.text, /not answered for 11 min: connection refused/);
    lastHeardMs = START_MS + HOUR_MS;
    await minutes(clock, 2);
    assert.deepEqual((await alertsOf(request)).alerts, []);
  });
});

Deno.test("alerts: the first plan is one message; silences hold for a channel and for a kind", async () => {
  const heard: { key: string; count: number; alerts: { key: string }[] }[] = [];
  const hook = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    heard.push(await request.json());
    return new Response("");
  });
  const webhookUrl = `http://127.0.0.1:${hook.addr.port}/`;
  const clock = new ManualClock(START_MS);
  const alerts = { ...draining, webhookUrl };
  const { server, request, post, dispose } = await testServer({ alerts, clock });
  const names = ["a", "b", "c", "d"];
  for (const name of names) await post([channelBody(name, 0, 1000), channelBody(name, 30, 1000)]);
  await silence(request, { key: "channel_draining:alice/b", minutes: 60 });
  const told = async () => {
    await server.renew();
    await server.alerts.idle();
    return heard.splice(0).map(({ key, count, alerts }) => [
      ...[key, count],
      alerts.map((alert) => alert.key.split("/")[1]).join(""),
    ]);
  };
  assert.deepEqual(await told(), [["channel_draining", 3, "acd"]]);
  assert.deepEqual(await told(), []);
  await silence(request, { key: "channel_draining", minutes: 120 });
  await post([channelBody("e", 0, 1000), channelBody("e", 31, 1000)]);
  clock.advanceTo(START_MS + HOUR_MS);
  assert.deepEqual(await told(), []);
  clock.advanceTo(START_MS + 2 * HOUR_MS);
  assert.deepEqual(await told(), [["channel_draining", 2, "be"]]);
  await dispose();
  await hook.shutdown();
});

Deno.test("alerts: the webhook hears of a failed retraining, and not of what is silenced", async () => {
  const heard: string[] = [];
  const hook = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    heard.push((await request.json()).key);
    return new Response("");
  });
  const webhookUrl = `http://127.0.0.1:${hook.addr.port}/secret`;
  const { server, dispose } = await testServer({
    alerts: { webhookUrl },
    retrain: () => Promise.reject(new Error("no memory")),
  });
  await server.ingest([]);
  await server.retrain();
  server.alerts.check();
  await server.alerts.idle();
  assert.deepEqual(heard, ["model_refused"]);
  await dispose();
  await hook.shutdown();
});
