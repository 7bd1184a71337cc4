import assert from "node:assert/strict";
import fc from "fast-check";
import { FORWARD, say, testClient, types } from "./client_fixture.ts";

Deno.test("LensClient introduces itself, and asks for what it missed when it comes back", () => {
  const { client, wire, messages } = testClient();
  client.opened(wire);
  const [first] = messages();
  assert.deepEqual([first.type, first.type === "register" && first.data.fromSeq], [
    "register",
    undefined,
  ]);
  client.heard(say("forward", FORWARD, 41));
  client.closed();
  client.opened(wire);
  const [second] = messages();
  assert.equal(second.type === "register" && second.data.fromSeq, 42);
});

Deno.test("LensClient learns each message once, also when it is sent again", () => {
  const { client, wire, engine } = testClient();
  client.opened(wire);
  for (const seq of [1, 2, 2, 1, 3]) client.heard(say("forward", FORWARD, seq));
  assert.equal(engine.events.length, 3);
  assert.equal(client.counts.repeated, 2);
});

Deno.test("LensClient follows a stream that starts anew after a restart of the peer", () => {
  const { client, wire, engine } = testClient();
  client.opened(wire);
  client.heard(say("forward", FORWARD, 100));
  client.opened(wire);
  client.heard(say("forward", FORWARD, 0));
  client.heard(say("forward", FORWARD, 1));
  assert.equal(engine.events.length, 3);
});

Deno.test("LensClient answers request_suggestions, of the nodes that were asked for", () => {
  const { client, wire, messages } = testClient();
  client.opened(wire);
  client.heard(say("forward", FORWARD, 1));
  messages();
  client.heard(say("request_suggestions", { nodes: [] }, 2));
  const answer = messages();
  assert.deepEqual(types(answer), ["rebalance_suggestion", "suggestions_complete"]);
  assert.deepEqual(answer[1].data, { answers: 2, count: 1 });
  client.heard(say("request_suggestions", { nodes: ["someone else"] }, 3));
  assert.deepEqual(types(messages()), ["suggestions_complete"]);
});

Deno.test("LensClient answers a request before any event with nothing", () => {
  const { client, wire, messages } = testClient();
  client.opened(wire);
  messages();
  client.heard(say("request_suggestions", { nodes: [] }, 0));
  assert.deepEqual(messages()[0].data, { answers: 0, count: 0 });
});

Deno.test("LensClient suggests unasked every half hour of event time, unless one is open", () => {
  const { client, wire, messages } = testClient();
  client.opened(wire);
  messages();
  const at = (minutes: number, seq: number) => client.heard(say("forward", FORWARD, seq, minutes));
  at(0, 1);
  at(29, 2);
  assert.deepEqual(types(messages()), []);
  at(30, 3);
  const [sent] = messages();
  assert.equal(sent.type, "rebalance_suggestion");
  at(60, 4);
  assert.deepEqual(types(messages()), [], "its channels are busy");
  const result = {
    id: sent.type === "rebalance_suggestion" ? sent.data.id : "",
    node: "n",
    sourceChannel: "a",
    targetChannel: "b",
    status: "applied" as const,
    amountMsat: 5000,
    feeMsat: 7,
    attempts: 1,
    channels: [],
  };
  client.heard(say("suggestion_result", result, 5, 61));
  assert.deepEqual(
    [client.book.counts.applied, client.book.counts.feesPaidMsat, client.book.open],
    [1, 7, 0],
  );
  at(90, 6);
  assert.deepEqual(types(messages()), ["rebalance_suggestion"]);
  at(300, 7);
  assert.equal(client.book.counts.expired, 1);
});

Deno.test("LensClient takes a topology only when all its parts are there", () => {
  const { client, wire, engine } = testClient();
  client.opened(wire);
  const part = (n: number) => ({
    part: n,
    parts: 2,
    nodes: [{ id: `n${n}`, alias: "" }],
    channels: [],
    operators: [],
  });
  client.heard(say("topology", part(1), 0));
  assert.equal(engine.topologies, 0);
  client.heard(say("topology", part(2), 0));
  assert.equal(engine.topologies, 1);
});

Deno.test("LensClient speaks the legacy shapes with a peer that does", () => {
  const { client, wire, engine, sent } = testClient();
  client.opened(wire);
  sent.length = 0;
  client.heard(JSON.stringify({
    type: "state_update",
    data: {
      channels: {
        n: [{ remote_pubkey: "p", capacity: 1000, local_balance: 400, remote_balance: 600 }],
      },
      transactions: [{ sender: "n", receiver: "p", amount: 5, success: true }],
      last_update: "2024-09-22T00:00:00",
    },
  }));
  assert.deepEqual(engine.events.map((e) => e.kind), ["channel_state", "transaction"]);
  client.heard('{"type":"request_suggestions"}');
  assert.deepEqual(JSON.parse(sent.pop()!), {
    type: "rebalance_suggestions",
    suggestions: [{ from_node: "peer-a", to_node: "peer-b", amount: 5, confidence: 0.8 }],
  });
  client.suggest();
  const own = JSON.parse(sent.pop()!);
  assert.equal(own.type, "suggestions");
  assert.equal(own.suggestions.length, 1);
});

Deno.test("LensClient survives any text, and complains a bounded number of times", () => {
  const { client, wire, engine, messages } = testClient();
  client.opened(wire);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => client.heard(text)), {
    numRuns: 300,
  });
  client.heard(say("forward", FORWARD, 1).slice(0, -20));
  assert.ok(client.counts.rubbish > 100);
  const complaints = types(messages()).filter((type) => type === "error");
  assert.equal(complaints.length, 50);
  client.heard(say("forward", FORWARD, 1));
  assert.equal(engine.events.length, 1);
});
