import assert from "node:assert/strict";
import { LiveStream } from "../../lib/server/state/live_stream.ts";
import { snakeNames } from "../../lib/protocol/mod.ts";
import { channelBody, deafLine, simulationStatus, testServer } from "./server_fixture.ts";

function frames(stream: ReadableStream<Uint8Array>) {
  const reader = stream.pipeThrough(new TextDecoderStream() as never).getReader();
  return {
    next: async () => {
      const { value, done } = await reader.read();
      if (done) return undefined;
      const text = String(value);
      const data = /^data: (.*)$/m.exec(text)?.[1];
      return {
        event: /^event: (.*)$/m.exec(text)?.[1],
        data: data === undefined ? undefined : JSON.parse(data),
      };
    },
    cancel: () => reader.cancel(),
  };
}

Deno.test("LiveStream gives a snapshot first, then every event in order", async () => {
  let state = 0;
  const live = new LiveStream({ snapshot: () => ({ state }) });
  const a = frames(live.reader());
  assert.deepEqual(await a.next(), { event: "snapshot", data: { state: 0 } });
  for (state = 1; state <= 3; state++) live.publish("step", { state });
  for (let i = 1; i <= 3; i++) assert.deepEqual((await a.next())?.data, { state: i });
  const b = frames(live.reader());
  assert.deepEqual((await b.next())?.data, { state: 4 });
  live.close();
  assert.equal(await a.next(), undefined);
  assert.equal(live.readers, 0);
});

Deno.test("LiveStream gives a slow reader a new snapshot instead of a queue", async () => {
  let state = 0, skips = 0;
  const live = new LiveStream({ snapshot: () => ({ state }), onSkip: () => skips++ });
  const slow = frames(live.reader());
  await slow.next();
  for (state = 1; state <= 10_000; state++) live.publish("step", { state });
  // What was pulled ahead may come first; then it jumps to the present.
  const seen = [];
  for (let i = 0; i < 5 && seen.at(-1) !== "snapshot"; i++) seen.push((await slow.next())?.event);
  assert.equal(seen.at(-1), "snapshot");
  assert.equal(skips, 1);
  live.publish("step", { state: -1 });
  assert.deepEqual((await slow.next())?.data, { state: -1 });
  await slow.cancel();
  assert.equal(live.readers, 0);
  live.close();
});

Deno.test("LiveStream shows a sign of life on a quiet stream", async () => {
  const live = new LiveStream({ snapshot: () => ({}), heartbeatMs: 5 });
  const reader = live.reader().getReader();
  await reader.read();
  const { value } = await reader.read();
  assert.equal(new TextDecoder().decode(value), ": heartbeat\n\n");
  live.close();
});

Deno.test("GET /api/events sends balances as they change and plans as they are made", async () => {
  const { server, request, post, dispose } = await testServer();
  const stream = frames((await request("/api/events")).body!);
  const first = await stream.next();
  assert.deepEqual([first?.event, first?.data.channels], ["snapshot", []]);
  await post([channelBody("a", 0), channelBody("a", 30, 100_000)]);
  const changed = await stream.next();
  assert.deepEqual([changed?.event, changed?.data.length, changed?.data[0].balance_ratio], [
    "channels",
    1,
    0.1,
  ]);
  assert.equal((await stream.next())?.event, "totals");
  await server.renew();
  const plan = await stream.next();
  assert.deepEqual([plan?.event, plan?.data.decisions.length], ["recommendations", 1]);
  const status = simulationStatus();
  server.simulation.hear(deafLine, { status });
  server.simulation.left(deafLine);
  assert.equal((await stream.next())?.event, "predictions");
  assert.equal((await stream.next())?.event, "performance");
  const simulation = await stream.next();
  assert.deepEqual([simulation?.event, simulation?.data], ["simulation", snakeNames(status)]);
  const twin = await stream.next();
  assert.deepEqual([twin?.event, twin?.data.twin.gain_msat], ["twin", 0]);
  const gone = await stream.next();
  assert.deepEqual([gone?.event, gone?.data], ["simulation", null]);
  await dispose();
});

Deno.test("200 readers and 50 of them that never read do not hold each other up", async () => {
  const live = new LiveStream({ snapshot: () => ({}) });
  const readers = Array.from({ length: 200 }, () => frames(live.reader()));
  await Promise.all(readers.map((r) => r.next()));
  for (let i = 0; i < 500; i++) {
    live.publish("step", { i });
    if (i % 25 === 0) await Promise.all(readers.slice(50).map((r) => r.next()));
  }
  assert.equal(live.readers, 200);
  live.close();
});
