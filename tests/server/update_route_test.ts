import assert from "node:assert/strict";
import fc from "fast-check";
import { MemoryStore } from "../contracts/memory_store.ts";
import { collect } from "../contracts/store_contract.ts";
import { channelBody, testServer } from "./server_fixture.ts";

Deno.test("POST /api/update stores one event and derives what can be derived", async () => {
  const { server, post, dispose } = await testServer();
  const { channel_id: _, ...body } = channelBody("x");
  const response = await post(body);
  assert.equal(response.status, 200);
  const answer = await response.json();
  assert.deepEqual(
    [answer.status, answer.accepted, answer.duplicates, answer.prediction],
    ["success", 1, 0, null],
  );
  assert.match(answer.message, /too little history/);
  const [[, event]] = await collect(server.options.store, 0);
  assert.equal(event.kind === "channel_state" && event.channel.remoteBalanceSat, 600_000);
  assert.equal(event.kind === "channel_state" && event.channel.channelId, "alice:peer-x");
  await dispose();
});

Deno.test("POST /api/update predicts the optimal ratio once there is history", async () => {
  const { post, dispose } = await testServer();
  const answer = await (await post([channelBody("x"), channelBody("x", 30)])).json();
  // Needs at the 75 % level: 0.4 out and 0.1 in, so 0.4 to 0.9 serves, 0.65 is the centre.
  assert.equal(answer.prediction, 0.65);
  await dispose();
});

Deno.test("POST /api/update counts an event_id once", async () => {
  const { post, dispose } = await testServer();
  const named = { ...channelBody("x"), event_id: "e1" };
  await post(named);
  const answer = await (await post([named, channelBody("y")])).json();
  assert.deepEqual([answer.accepted, answer.duplicates], [1, 1]);
  await dispose();
});

Deno.test("POST /api/update takes an array whole or not at all, naming the field", async () => {
  const { server, post, dispose } = await testServer();
  const response = await post([channelBody("x"), { ...channelBody("y"), capacity: -5 }]);
  assert.equal(response.status, 422);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const problem = await response.json();
  assert.equal(problem.field, "1.capacity");
  assert.match(problem.detail, /1.capacity: found -5, expected/);
  assert.equal(server.options.store.lastSeq, 0);
  await dispose();
});

for (
  const [what, body, status, field] of [
    ["no JSON", "{half", 400, undefined],
    ["an unknown type", { event_type: "gossip" }, 422, "event_type"],
    ["a missing member", { event_type: "transaction", sender: "a" }, 422, "receiver"],
    ["a balance above capacity", { ...channelBody("x"), local_balance: 2e6 }, 422, "local_balance"],
    ["a ratio that contradicts", { ...channelBody("x"), balance_ratio: 0.9 }, 422, "balance_ratio"],
    ["a time that is none", { ...channelBody("x"), timestamp: "yesterday" }, 422, "timestamp"],
    ["a time far off", { ...channelBody("x"), timestamp: "3024-01-01" }, 422, "timestamp"],
    ["a number", 17, 422, undefined],
    ["null", null, 422, undefined],
  ] as const
) {
  Deno.test(`POST /api/update refuses ${what}`, async () => {
    const { server, post, dispose } = await testServer();
    const response = await post(body);
    const problem = await response.json();
    assert.equal(response.status, status, JSON.stringify(problem));
    if (field !== undefined) assert.equal(problem.field, field);
    assert.equal(server.options.store.lastSeq, 0);
    await dispose();
  });
}

Deno.test("POST /api/update takes NDJSON and tells how far it came before a fault", async () => {
  const { post, dispose } = await testServer();
  const lines = Array.from({ length: 2500 }, (_, i) => JSON.stringify(channelBody(`c${i % 9}`)));
  const good = await (await post(lines.join("\n") + "\n", "application/x-ndjson")).json();
  assert.equal(good.accepted, 2500);
  lines[1999] = '{"event_type":"channel_state"}';
  const response = await post(lines.join("\n"), "application/x-ndjson");
  assert.equal(response.status, 422);
  const problem = await response.json();
  assert.deepEqual([problem.line, problem.accepted, problem.field], [2000, 1999, "node"]);
  await dispose();
});

Deno.test("POST /api/update finds no fault of its own in a caller that hangs up", async () => {
  const { request, dispose } = await testServer();
  for (const type of ["application/json", "application/x-ndjson"]) {
    const body = new ReadableStream({
      pull: () => Promise.reject(new Deno.errors.BadResource("the connection is gone")),
    });
    const headers = { "content-type": type };
    const { status } = await request("/api/update", { method: "POST", headers, body });
    assert.equal(status, 400, type);
  }
  await dispose();
});

Deno.test("POST /api/update refuses what is too large or of another type", async () => {
  const { post, dispose } = await testServer();
  assert.equal((await post("x".repeat(9 << 20))).status, 413);
  assert.equal((await post("a=1", "application/x-www-form-urlencoded")).status, 415);
  assert.equal((await post("x".repeat(9 << 20), "application/x-ndjson")).status, 422);
  await dispose();
});

Deno.test("POST /api/update answers any rubbish with 4xx and stores none of it", async () => {
  const { server, post, dispose } = await testServer();
  const event = fc.record({
    event_type: fc.constantFrom("channel_state", "transaction", "forward", "rebalance", "x", 3),
    node: fc.anything(),
    sender: fc.string(),
    capacity: fc.anything(),
    local_balance: fc.double(),
    timestamp: fc.oneof(fc.string(), fc.integer()),
    channels: fc.anything(),
  }, { requiredKeys: ["event_type"] });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.json(), event, fc.array(event, { minLength: 1 })),
      async (body) => {
        const { status } = await post(body);
        assert.ok(status >= 400 && status < 500 || body === "[]", `${status}`);
      },
    ),
    { numRuns: 150 },
  );
  assert.equal(server.options.store.lastSeq, 0);
  await dispose();
});

Deno.test("POST /api/update answers 503 when the store fails, and takes the same later", async () => {
  const store = new MemoryStore();
  let full = true;
  const append = store.append.bind(store);
  store.append = (events) =>
    full ? Promise.reject(new Error("database or disk is full")) : append(events);
  const { server, post, dispose } = await testServer({ store });
  const body = { ...channelBody("a"), event_id: "once" };
  const refused = await post(body);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.doesNotMatch(await refused.text(), /disk/);
  assert.equal(server.channels.size, 0, "nothing is learned that is not stored");
  full = false;
  assert.equal((await (await post(body)).json()).accepted, 1);
  await dispose();
});
