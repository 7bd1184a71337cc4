import assert from "node:assert/strict";
import fc from "fast-check";
import { type Clock, EXIT } from "../../lib/core/mod.ts";
import { listen } from "../../lib/server/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { checkJournal, load, startChild } from "./crash_trial.ts";
import { channelBody, START_MS, testServer } from "./server_fixture.ts";

const DAY_MS = 86_400_000;
const MAIN = new URL("../../main.ts", import.meta.url).pathname;

Deno.test({
  name: "a full disk: events are refused with 503, nothing is lost, and room helps at once",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    // A file may not grow beyond 400 kB; the limit is soft, so that it can be lifted later.
    const limit = ["bash", "-c", 'trap "" XFSZ; ulimit -Sf 400; exec "$@"', "limited"];
    const { child, url } = await startChild(folder, limit);
    const acknowledged = new Set<string>();
    const statuses = await load(url, "full", acknowledged);
    assert.deepEqual(statuses, [503, 503, 503, 503]);
    assert.ok(acknowledged.size > 100, `${acknowledged.size} before it was full`);
    assert.equal((await fetch(new URL("/health", url))).status, 200);
    const ready = await fetch(new URL("/ready", url));
    assert.equal(ready.status, 503);
    assert.match((await ready.json()).detail, /could not be stored/);
    const lift = await new Deno.Command("prlimit", {
      args: ["--pid", String(child.pid), "--fsize=unlimited"],
    }).output();
    assert.ok(lift.success);
    const events = [1, 2, 3].map((i) => ({ ...channelBody("c1"), event_id: `later-${i}` }));
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(events),
    });
    assert.equal((await response.json()).accepted, 3);
    for (const { event_id } of events) acknowledged.add(event_id);
    assert.equal((await fetch(new URL("/ready", url))).status, 200);
    child.kill("SIGKILL");
    await child.status;
    await checkJournal(folder, acknowledged);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "a data folder that can't be written to ends serve with one line that names it",
  // Root may write anywhere but where the kernel says no.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const cwd = await Deno.makeTempDir();
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", MAIN, "serve", "--port", "0", "--data-dir", "/proc/lens"],
      cwd,
      stdout: "null",
      stderr: "piped",
    }).output();
    const text = new TextDecoder().decode(stderr);
    assert.equal(code, EXIT.failed);
    assert.match(text, /can't write to the data folder \/proc\/lens .*--data-dir/);
    assert.ok(!/ at .*:\d+:\d+/.test(text), "no stack");
    await Deno.remove(cwd, { recursive: true });
  },
});

Deno.test("clocks that jump, the sender's or the server's, lose nothing and prune nothing new", async () => {
  let nowMs = START_MS;
  const clock: Clock = { nowMs: () => nowMs, sleep: () => new Promise(() => {}) };
  const folder = await Deno.makeTempDir();
  const store = SqliteStore.open(folder);
  const { server, post, dispose } = await testServer({ store, clock, folder });
  const send = async (hours: number) =>
    assert.equal((await post(channelBody("x", hours))).status, 200);
  for (let hour = 0; hour < 5; hour++) await send(hour);
  // A sender a year ahead for one event, then as before.
  await send(365 * 24);
  for (let hour = 5; hour < 10; hour++) await send(hour);
  await server.export();
  assert.equal((await server.renew())?.decisions.length, 1);
  // The server's own clock leaps ten years ahead, then the senders' too; then it goes back by two.
  for (
    const [leapMs, hours] of [[3650 * DAY_MS, 11], [0, 3650 * 24], [0, 3651 * 24], [
      -730 * DAY_MS,
      11,
    ]]
  ) {
    nowMs += leapMs;
    await send(hours);
    await server.export();
    await server.retrain();
  }
  const events = [];
  for await (const run of store.replay(0)) events.push(...run.events);
  assert.equal(events.length, 15);
  assert.match(await server.metrics.text(), /events_late_total 7\n/);
  await dispose();
});

Deno.test("any GET of a stranger is answered without a 5xx", async () => {
  const { request, dispose } = await testServer();
  const part = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("api", "channels", "predictions", "..", "%00", "%ff", "suggestions", "models"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), fc.string(), async (parts, query) => {
      const path = `/${parts.map(encode).join("/")}?limit=${encode(query)}&node=${encode(query)}`;
      const { status } = await request(path);
      assert.ok(status < 500, `${status} for ${path}`);
    }),
    { numRuns: 300 },
  );
  await dispose();
});

/** Percent-encoded where that is possible, and as it is where not. */
function encode(text: string): string {
  try {
    return /^%|^\.\.$/.test(text) ? text : encodeURIComponent(text);
  } catch {
    return "%ff";
  }
}

Deno.test("rubbish over /ws is complained of and forgotten, and what is right gets through", async () => {
  const { server, dispose } = await testServer();
  const listening = listen(server, { host: "127.0.0.1", port: 0 });
  const socket = new WebSocket(`ws://127.0.0.1:${listening.port}/ws`);
  let complaints = 0;
  socket.onmessage = ({ data }) => complaints += JSON.parse(data).type === "error" ? 1 : 0;
  await new Promise((resolve) => socket.onopen = resolve);
  const rubbish = fc.sample(
    fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({
        type: fc.constantFrom("forward", "topology", "channel_update", "register", "stored", "x"),
        v: fc.oneof(fc.constant(1), fc.anything()),
        seq: fc.oneof(fc.nat(), fc.anything()),
        timestamp: fc.oneof(fc.constant("2024-09-22T00:00:00Z"), fc.string()),
        data: fc.anything(),
      }).map((message) => JSON.stringify(message)),
    ),
    { numRuns: 300, seed: 7 },
  );
  for (const text of rubbish) socket.send(text);
  const { event_type: _, timestamp, ...state } = channelBody("good");
  socket.send(JSON.stringify({
    type: "channel_update",
    timestamp,
    channels: { alice: [state] },
  }));
  const done = () => server.channels.get("alice/good") !== undefined && complaints > 10;
  for (let i = 0; i < 200 && !done(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(server.channels.get("alice/good") !== undefined);
  assert.ok(complaints > 10 && complaints <= 50, `${complaints} complaints`);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
  await listening.stop();
  await dispose();
});
