import assert from "node:assert/strict";
import { ManualClock, systemClock, UnreachableError } from "../../lib/core/mod.ts";
import { eventFromUpdate, type LensEvent } from "../../lib/protocol/mod.ts";
import { HttpAdapter } from "../../lib/simulation/mod.ts";
import { updateFromEvent } from "../../lib/simulation/live/update_body.ts";
import { ringNetwork, smallSimulation, suggestion } from "./helpers.ts";

/** Events of every kind. */
function someEvents(): LensEvent[] {
  const { simulation, events } = smallSimulation(ringNetwork(), ["o", "a"]);
  simulation.tellStates();
  simulation.applySuggestion(suggestion());
  events.push({
    kind: "transaction",
    timeMs: simulation.nowMs,
    eventId: "t1",
    transaction: {
      sender: "a",
      receiver: "b",
      amountMsat: 5_000_000,
      success: true,
      feeMsat: 2000,
      transactionType: "payment",
    },
  });
  return events;
}

Deno.test("updateFromEvent gives what the API understands as the same event", () => {
  const events = someEvents();
  assert.deepEqual(
    new Set(events.map((e) => e.kind)),
    new Set(["channel_state", "forward", "transaction", "rebalance"]),
  );
  for (const event of events) {
    const wire = JSON.parse(JSON.stringify(updateFromEvent(event)));
    const again = eventFromUpdate(wire, 0);
    assert.equal(again.eventId, event.eventId);
    assert.equal(again.timeMs, event.timeMs);
    const [payload, original] = [again, event].map((e) => {
      const { kind, timeMs: _t, eventId: _i, ...rest } = e;
      return JSON.parse(JSON.stringify(rest))[kind === "channel_state" ? "channel" : kind];
    });
    delete payload.id;
    delete original.id;
    assert.deepEqual(payload, original);
  }
});

/** A server in the place of `fetch`. */
function fakeServer(answer: (count: number, ids: string[]) => Response) {
  const taken: string[] = [];
  let count = 0;
  const fetchFake = (_url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (init?.method === "GET") return Promise.resolve(new Response("hello"));
    const ids = JSON.parse(String(init?.body)).map((e: { event_id: string }) => e.event_id);
    const response = answer(count++, ids);
    if (response.ok) taken.push(...ids);
    return Promise.resolve(response);
  };
  return { taken, fetch: fetchFake as typeof fetch };
}

const numbered = (count: number): LensEvent[] =>
  Array.from({ length: count }, (_, i) => ({ ...someEvents()[0], eventId: `e${i}` }));

Deno.test("HttpAdapter posts all events in order, in batches", async () => {
  const server = fakeServer(() => new Response("{}"));
  const adapter = new HttpAdapter({ url: "http://lens", clock: systemClock, fetch: server.fetch });
  await adapter.start();
  const events = numbered(450);
  for (const event of events) adapter.push(event);
  assert.equal(await adapter.stop(), 0);
  assert.deepEqual(server.taken, events.map((e) => e.eventId));
  assert.equal(adapter.posted, 450);
});

Deno.test("HttpAdapter tries again, later and later, until the server takes a batch", async () => {
  const clock = new ManualClock();
  const server = fakeServer((count) =>
    new Response("{}", { status: [503, 429, 200][count] ?? 200 })
  );
  const adapter = new HttpAdapter({ url: "http://lens", clock, fetch: server.fetch });
  await adapter.start();
  const events = numbered(3);
  for (const event of events) adapter.push(event);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  const at = async (timeMs: number) => {
    await settle();
    clock.advanceTo(timeMs);
    await settle();
    return server.taken.length;
  };
  assert.equal(await at(100), 0);
  assert.equal(await at(599), 0);
  assert.equal(await at(600), 0);
  assert.equal(await at(1599), 0);
  assert.equal(await at(1600), 3);
  const stopped = adapter.stop();
  await at(10_000);
  assert.equal(await stopped, 0);
});

Deno.test("HttpAdapter leaves out single events that the server finds wrong", async () => {
  const server = fakeServer((_, ids) =>
    new Response("{}", { status: ids.includes("e1") ? 422 : 200 })
  );
  const adapter = new HttpAdapter({ url: "http://lens", clock: systemClock, fetch: server.fetch });
  await adapter.start();
  for (const event of numbered(3)) adapter.push(event);
  await adapter.stop();
  assert.deepEqual(server.taken, ["e0", "e2"]);
  assert.equal(adapter.refused, 1);
});

Deno.test("HttpAdapter keeps events when it is sent elsewhere, or nobody knows it there", async () => {
  for (const status of [302, 401, 404, 415]) {
    const server = fakeServer((count) =>
      new Response(null, { status: count === 0 ? status : 200 })
    );
    const clock = new ManualClock();
    const adapter = new HttpAdapter({ url: "http://lens", clock, fetch: server.fetch });
    for (const event of numbered(2)) adapter.push(event);
    await adapter.start();
    const stopped = adapter.stop();
    for (let i = 0; i < 20 && server.taken.length === 0; i++) {
      await new Promise((resolve) => setTimeout(resolve));
      clock.advanceTo(clock.nowMs() + 500);
    }
    assert.equal(await stopped, 0);
    assert.deepEqual([server.taken, adapter.refused], [["e0", "e1"], 0], String(status));
  }
});

Deno.test("HttpAdapter says when there is no room, and how much is left at the end", async () => {
  const down = (() => Promise.reject(new TypeError("connection refused"))) as typeof fetch;
  const adapter = new HttpAdapter({ url: "http://lens", clock: systemClock, fetch: down });
  await assert.rejects(adapter.start(), (error) => {
    assert(error instanceof UnreachableError);
    assert.match(error.message, /nothing answers at http:\/\/lens \(connection refused\)/);
    return true;
  });
  const [event] = numbered(1);
  assert.equal(adapter.ready, true);
  for (let i = 0; i < 20_000; i++) adapter.push(event);
  assert.equal(adapter.ready, false);
  assert.equal(await adapter.stop({ timeoutMs: 1 }), 20_000);
});
