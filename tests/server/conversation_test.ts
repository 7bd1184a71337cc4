import assert from "node:assert/strict";
import { START_MS, testServer } from "./server_fixture.ts";
import { formatMessage, parseMessage } from "../../lib/protocol/mod.ts";
import { listen } from "../../lib/server/mod.ts";
import { Conversation } from "../../lib/server/conversation.ts";
import { MemoryStore } from "../contracts/memory_store.ts";

const HOUR_MS = 3_600_000;

/** A drained channel with demand and a full one, known for long enough to be planned for. */
function legacyStates(timestamp: string) {
  const channel = (remote_pubkey: string, local_balance: number) => ({
    remote_pubkey,
    capacity: 1_000_000,
    local_balance,
    remote_balance: 1_000_000 - local_balance,
  });
  return {
    type: "channel_update",
    timestamp,
    channels: { me: [channel("drained", 10_000), channel("full", 980_000)] },
  };
}

interface Talk {
  send(message: unknown): void;
  /** The next message that comes. */
  next(): Promise<Record<string, unknown>>;
}

async function withSocket(run: (talk: Talk, seq: () => number) => Promise<void>) {
  const { server, dispose } = await testServer();
  const listening = listen(server, { host: "127.0.0.1", port: 0 });
  const socket = new WebSocket(`ws://127.0.0.1:${listening.port}/ws`);
  const heard: Record<string, unknown>[] = [];
  const waiting: ((message: Record<string, unknown>) => void)[] = [];
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    const wake = waiting.shift();
    if (wake) wake(message);
    else heard.push(message);
  };
  await new Promise((resolve) => socket.onopen = resolve);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  try {
    await run({
      send: (message) =>
        socket.send(typeof message === "string" ? message : JSON.stringify(message)),
      next: () => {
        const message = heard.shift();
        return message ? Promise.resolve(message) : new Promise((resolve) => waiting.push(resolve));
      },
    }, () => server.options.store.lastSeq);
  } finally {
    socket.close();
    await closed;
    await listening.stop();
    await dispose();
  }
}

Deno.test("/ws: a client that speaks the legacy shapes gets suggestions", async () => {
  await withSocket(async ({ send, next }, seq) => {
    send({ type: "register", client: "old", message: "hello" });
    send(legacyStates("2024-09-22T00:00:00"));
    send(legacyStates("2024-09-23T06:00:00"));
    send({ type: "request_suggestions" });
    const answer = await next();
    assert.equal(answer.type, "rebalance_suggestions");
    const [first] = answer.suggestions as Record<string, unknown>[];
    assert.equal(first.from_node, "full");
    assert.equal(first.to_node, "drained");
    assert.ok(Number.isInteger(first.amount) && Number(first.amount) > 0);
    assert.ok(Number(first.confidence) > 0 && Number(first.confidence) <= 1);
    assert.equal(seq(), 4, "the states are in the journal");
  });
});

Deno.test("/ws: our own messages are stored, and the answer is complete", async () => {
  await withSocket(async ({ send, next }, seq) => {
    const update = (hours: number) => ({
      type: "channel_update",
      v: 1,
      seq: hours,
      timestamp: new Date(START_MS + hours * HOUR_MS).toISOString(),
      data: {
        channels: [
          { channel_id: "d", peer: "p", capacity_sat: 1e6, local_balance_sat: 10_000 },
          { channel_id: "f", peer: "q", capacity_sat: 1e6, local_balance_sat: 980_000 },
        ].map((c) => ({ node: "me", ...c, remote_balance_sat: 1e6 - c.local_balance_sat })),
      },
    });
    send(update(0));
    send(update(30));
    send(formatMessage("request_suggestions", { nodes: [] }, { seq: 31, timeMs: START_MS }));
    const suggestion = parseMessage(await next());
    assert.ok(suggestion.type === "rebalance_suggestion");
    assert.equal(suggestion.data.targetChannel, "d");
    const end = parseMessage(await next());
    assert.ok(end.type === "suggestions_complete");
    assert.deepEqual(end.data, { answers: 31, count: 1 });
    assert.equal(seq(), 4);
  });
});

Deno.test("/ws: rubbish is answered with an error that names what is wrong", async () => {
  await withSocket(async ({ send, next }) => {
    send("not JSON");
    assert.match(JSON.stringify(await next()), /expected JSON/);
    send({ type: "channel_update", v: 1, seq: 0, timestamp: "never", data: {} });
    const { data } = await next() as { data: Record<string, unknown> };
    assert.equal(data.field, "timestamp");
    send({ type: "waltz" });
    assert.match(JSON.stringify(await next()), /a known message type/);
  });
});

Deno.test("/ws refuses plain HTTP and pages of other sites", async () => {
  const { request, dispose } = await testServer();
  try {
    assert.equal((await request("/ws")).status, 426);
    const foreign = { origin: "http://evil.example", upgrade: "websocket" };
    assert.equal((await request("/ws", { headers: foreign })).status, 403);
  } finally {
    await dispose();
  }
});

/** A conversation in this process; `sent` is what the server said. */
async function converse(options: Parameters<typeof testServer>[0] = {}) {
  const parts = await testServer(options);
  const sent: { type: string; data: Record<string, unknown> }[] = [];
  const closed: number[] = [];
  const conversation = new Conversation(parts.server, {
    send: (text) => sent.push(JSON.parse(text)),
    close: (code) => closed.push(code),
  });
  return { ...parts, conversation, sent, closed };
}

const forward = (seq: number, head: object = {}) =>
  JSON.stringify({
    type: "forward",
    v: 1,
    seq,
    timestamp: new Date(START_MS + seq * 1000).toISOString(),
    data: {
      node: "me",
      in_channel: "a",
      out_channel: "b",
      in_amount_msat: 1100,
      out_amount_msat: 1000,
      outcome: "settled",
    },
    ...head,
  });
const register = '{"type":"register","v":1,"seq":0,"timestamp":"2024-09-22T00:00:00Z",' +
  '"data":{"client":"test","wants":["stored"]}}';
const nextTurns = () => new Promise((resolve) => setTimeout(resolve, 20));

Deno.test("/ws tells up to where messages are on disk, to whom registered for it", async () => {
  const { server, conversation, sent, dispose } = await converse();
  conversation.hear(forward(1));
  await conversation.settled;
  await nextTurns();
  assert.equal(sent.length, 0, "nobody asked");
  conversation.hear(register);
  for (let seq = 2; seq <= 200; seq++) conversation.hear(forward(seq));
  await conversation.settled;
  await nextTurns();
  assert.deepEqual([sent.at(-1)?.type, sent.at(-1)?.data], ["stored", { up_to: 200 }]);
  assert.ok(sent.length < 100, `${sent.length} answers to 199 messages that came together`);
  assert.equal(server.options.store.lastSeq, 200);
  await dispose();
});

Deno.test("/ws counts a message with an event_id once", async () => {
  const { server, conversation, dispose } = await converse();
  const state = JSON.stringify({
    type: "channel_update",
    v: 1,
    seq: 1,
    timestamp: "2024-09-22T00:00:00Z",
    event_id: "states",
    data: {
      channels: ["a", "b"].map((channel_id) => ({
        node: "me",
        channel_id,
        peer: channel_id,
        capacity_sat: 10,
        local_balance_sat: 5,
        remote_balance_sat: 5,
      })),
    },
  });
  for (const text of [state, state, forward(2, { event_id: "x" }), forward(3, { event_id: "x" })]) {
    conversation.hear(text);
  }
  await conversation.settled;
  assert.equal(server.options.store.lastSeq, 3);
  await dispose();
});

Deno.test("/ws takes a topology in parts and refuses impossible times", async () => {
  const { server, conversation, sent, dispose } = await converse();
  const networks: number[] = [];
  server.options.engine.setTopology = ({ channelCount }) => void networks.push(channelCount);
  const part = (n: number) =>
    JSON.stringify({
      type: "topology",
      v: 1,
      seq: n,
      timestamp: "2024-09-22T00:00:00Z",
      data: {
        part: n,
        parts: 2,
        nodes: n === 1 ? [{ id: "x" }, { id: "y" }] : [],
        channels: [{
          channel_id: `c${n}`,
          node1: "x",
          node2: "y",
          capacity_sat: 1000,
          policy1: null,
          policy2: null,
        }],
      },
    });
  conversation.hear(part(1));
  assert.deepEqual(networks, []);
  conversation.hear(part(2));
  assert.deepEqual(networks, [2]);
  conversation.hear(forward(3, { timestamp: "3024-01-01T00:00:00Z" }));
  assert.equal(sent.at(-1)?.data.field, "timestamp");
  assert.equal(server.options.store.lastSeq, 0);
  await dispose();
});

Deno.test("/ws ends the connection when events can't be stored, and tells none of them stored", async () => {
  const store = new MemoryStore();
  store.append = () => Promise.reject(new Error("database or disk is full"));
  const { conversation, sent, closed, dispose } = await converse({ store });
  conversation.hear(register);
  for (let seq = 1; seq <= 3; seq++) conversation.hear(forward(seq));
  await conversation.settled;
  await nextTurns();
  assert.equal(sent.length, 0);
  assert.ok(closed.length > 0 && closed.every((code) => code === 1013));
  await dispose();
});

Deno.test("/ws ends the connection on a fault of the program, and the server lives on", async () => {
  const { server, conversation, closed, dispose } = await converse();
  server.options.engine.setTopology = () => {
    throw new Error("a fault of the program");
  };
  conversation.hear(JSON.stringify({
    type: "topology",
    v: 1,
    seq: 1,
    timestamp: "2024-09-22T00:00:00Z",
    data: { nodes: [{ id: "x" }], channels: [] },
  }));
  assert.deepEqual(closed, [1011]);
  await dispose();
});
