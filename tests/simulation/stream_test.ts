import assert from "node:assert/strict";
import fc from "fast-check";
import { MessageRing } from "../../lib/simulation/live/message_ring.ts";
import { WsClient } from "../../lib/simulation/live/ws_client.ts";

function fill(ring: MessageRing, count: number, size = 1) {
  for (let i = 0; i < count; i++) ring.push("t", (seq) => `${seq}`.padEnd(size));
}

class FakeSocket {
  bufferedAmount = 0;
  readyState: number = WebSocket.OPEN;
  sent: number[] = [];
  send(text: string) {
    this.sent.push(Number(text));
  }
  close() {}
}

Deno.test("MessageRing keeps the last messages under their numbers, within both limits", () => {
  const limits = fc.record({
    messages: fc.integer({ min: 1, max: 50 }),
    characters: fc.integer({ min: 1, max: 500 }),
  });
  fc.assert(fc.property(limits, fc.nat(3000), (limit, count) => {
    const ring = new MessageRing(limit);
    fill(ring, count, 7);
    const kept = ring.nextSeq - ring.firstSeq;
    assert.equal(ring.nextSeq, count + 1);
    assert.equal(
      kept,
      Math.min(count, limit.messages, Math.floor(limit.characters / 7)),
    );
    for (let seq = ring.firstSeq; seq < ring.nextSeq; seq++) {
      assert.equal(ring.at(seq).seq, seq);
      assert.equal(Number(ring.at(seq).text), seq);
    }
  }));
});

Deno.test("WsClient gets every message once and in order, however slow its socket is", () => {
  const ring = new MessageRing();
  const socket = new FakeSocket();
  const client = new WsClient(socket, ring);
  client.started = true;
  const missed = () => assert.fail("nothing is missed");
  fill(ring, 10);
  assert.equal(client.pump(missed), true);
  socket.bufferedAmount = 1e9;
  fill(ring, 10);
  assert.equal(client.pump(missed), false);
  assert.equal(socket.sent.length, 10);
  socket.bufferedAmount = 0;
  client.pump(missed);
  assert.deepEqual(socket.sent, Array.from({ length: 20 }, (_, i) => i + 1));
});

Deno.test("WsClient is told which messages it missed when the ring has moved on", () => {
  const ring = new MessageRing({ messages: 5, characters: 1e6 });
  const socket = new FakeSocket();
  const client = new WsClient(socket, ring);
  client.started = true;
  fill(ring, 12);
  const gaps: number[][] = [];
  client.pump((first, last) => gaps.push([first, last]));
  assert.deepEqual(gaps, [[1, 7]]);
  assert.deepEqual(socket.sent, [8, 9, 10, 11, 12]);
});

Deno.test("WsClient hears only what it wants, and nothing before it started or after it left", () => {
  const ring = new MessageRing();
  const socket = new FakeSocket();
  const client = new WsClient(socket, ring);
  ring.push("a", String);
  client.pump(() => {});
  assert.deepEqual(socket.sent, []);
  client.started = true;
  client.wants.add("b");
  ring.push("b", String);
  client.pump(() => {});
  assert.deepEqual(socket.sent, [2]);
  socket.readyState = WebSocket.CLOSED;
  ring.push("b", String);
  client.pump(() => {});
  assert.deepEqual(socket.sent, [2]);
});

Deno.test("WsClient gets its greeting before the stream, each part made when there is room", () => {
  const ring = new MessageRing();
  const socket = new FakeSocket();
  const client = new WsClient(socket, ring);
  const made: number[] = [];
  client.greet([101, 102, 103].map((part) => () => {
    made.push(part);
    // One part fills the socket.
    socket.bufferedAmount = 5e6;
    return String(part);
  }));
  fill(ring, 2);
  client.started = true;
  client.nextSeq = 1;
  const missed = () => assert.fail("nothing is missed");
  for (const part of [101, 102, 103]) {
    assert.equal(client.pump(missed), false);
    assert.equal(made.at(-1), part);
    assert.equal(socket.sent.at(-1), part);
    socket.bufferedAmount = 0;
  }
  assert.equal(client.pump(missed), true);
  assert.deepEqual(socket.sent, [101, 102, 103, 1, 2]);
});
