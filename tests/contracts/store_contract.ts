import assert from "node:assert/strict";
import fc from "fast-check";
import type { LensEvent, Suggestion } from "../../lib/protocol/mod.ts";
import type { EventQuery, Store } from "../../lib/store/mod.ts";
import { channelEvent, forwardEvent, rebalanceEvent, suggestion } from "./store_events.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Makes an empty store and what removes it afterwards. */
export type StoreMaker = () => Promise<{ store: Store; dispose: () => Promise<void> }>;

/** Registers the tests that every {@linkcode Store} must pass. */
export function testStoreContract(name: string, make: StoreMaker): void {
  const test = (criterion: string, run: (store: Store) => Promise<void>) =>
    Deno.test(`${name} ${criterion}`, async () => {
      const { store, dispose } = await make();
      try {
        await run(store);
      } finally {
        await dispose();
      }
    });

  test("append numbers events from 1 and replay gives them back in order", async (store) => {
    const events = [channelEvent(0), forwardEvent(1), forwardEvent(2), rebalanceEvent(3)];
    const first = await store.append(events.slice(0, 3));
    assert.equal(first.lastSeq, 3);
    await store.append(events.slice(3));
    assert.deepEqual(await collect(store, 0), events.map((e, i) => [i + 1, e]));
    assert.deepEqual(await collect(store, 2), [[3, events[2]], [4, events[3]]]);
    assert.deepEqual(await collect(store, 4), []);
  });

  test("newestMs is the newest event's own time", async (store) => {
    assert.equal(store.newestMs, undefined);
    await store.append([forwardEvent(7), forwardEvent(3)]);
    await store.append([forwardEvent(5)]);
    assert.equal(store.newestMs, 7);
  });

  test("append of nothing changes nothing", async (store) => {
    assert.deepEqual(await store.append([]), { accepted: [], duplicates: 0, lastSeq: 0 });
    assert.deepEqual(await collect(store, 0), []);
  });

  test("append keeps notes together with events, and without any", async (store) => {
    await store.append([forwardEvent(1)], { read: 4, other: 1 });
    await store.append([], { read: 7 });
    const named = { ...forwardEvent(2), eventId: "a" };
    await Promise.all([
      store.append([named], { page: 1 }),
      store.append([named], { page: 2 }),
    ]);
    const notes = await Promise.all(["read", "other", "page"].map((name) => store.note(name)));
    assert.deepEqual(notes, [7, 1, 2]);
    assert.equal(store.lastSeq, 2);
  });

  test("append leaves out what it knows by its eventId, and only that", async (store) => {
    const named = { ...forwardEvent(1), eventId: "a" };
    assert.equal((await store.append([named, named])).duplicates, 1);
    const again = await store.append([named, { ...named, eventId: "b" }, forwardEvent(1)]);
    assert.equal(again.duplicates, 1);
    assert.equal(again.accepted.length, 2);
    assert.equal(store.lastSeq, 3);
  });

  test("append takes many calls at once, each with its own answer", async (store) => {
    const answers = await Promise.all(
      Array.from(
        { length: 50 },
        (_, i) => store.append([{ ...forwardEvent(i), eventId: `e${i % 40}` }]),
      ),
    );
    assert.equal(answers.reduce((n, a) => n + a.accepted.length, 0), 40);
    assert.equal((await collect(store, 0)).length, 40);
  });

  test("channels are the newest states by time, whatever the order of arrival", async (store) => {
    await store.append([channelEvent(5, "b"), channelEvent(9, "a"), channelEvent(7, "a")]);
    const rows = await store.channels();
    assert.deepEqual(rows.map((r) => [r.channel.channelId, r.timeMs]), [["a", 9], ["b", 5]]);
  });

  test("suggestions carry the result that the journal holds", async (store) => {
    await store.saveSuggestions(10, [suggestion("s1"), suggestion("s2")]);
    await store.saveSuggestions(20, [suggestion("s3")]);
    await store.append([rebalanceEvent(11, "s2")]);
    const rows = await store.suggestions({ limit: 10, offset: 0 });
    assert.deepEqual(rows.map((r) => [r.suggestion.id, r.result?.status]), [
      ["s3", undefined],
      ["s1", undefined],
      ["s2", "applied"],
    ]);
    const ended = await store.suggestions({ limit: 10, offset: 0, withResult: true });
    assert.deepEqual(ended.map(({ suggestion }) => suggestion.id), ["s2"]);
    assert.deepEqual(await store.suggestions({ limit: 1, offset: 1 }), [
      { timeMs: 10, suggestion: suggestion("s1") as Suggestion },
    ]);
  });

  test("predictions, metrics and notes are kept", async (store) => {
    const prediction = {
      timeMs: 5,
      node: "n",
      channelId: "c",
      balanceRatio: 0.25,
      optimalRatio: 0.5,
      lowRatio: 0.4,
      highRatio: 0.6,
      shortOutbound: 0.1,
      shortInbound: 0.2,
      feesAtStakeMsat: 1234,
      modelId: "m",
    };
    await store.savePredictions([prediction, { ...prediction, channelId: "b" }]);
    await store.savePredictions([{ ...prediction, optimalRatio: 0.7 }]);
    assert.deepEqual((await store.predictions(5)).map((p) => p.optimalRatio), [0.5, 0.7]);
    assert.deepEqual(await store.predictions(6), []);
    await store.saveMetrics([{ timeMs: 1, name: "error", value: 2 }, {
      timeMs: 1,
      name: "nothing",
      value: NaN,
    }]);
    assert.deepEqual(await store.metrics(0), [{ timeMs: 1, name: "error", value: 2 }]);
    assert.equal(await store.note("x"), undefined);
    await store.setNote("x", 1);
    await store.setNote("x", 2);
    assert.equal(await store.note("x"), 2);
    await store.setNote("x%y", 3);
    await store.setNote("X", 4);
    assert.deepEqual([...await store.notes("x")], [["x", 2], ["x%y", 3]]);
    assert.deepEqual([...await store.notes("x%")], [["x%y", 3]]);
    await store.dropNotes(["x%y", "unheard of"]);
    assert.deepEqual([...await store.notes("x")], [["x", 2]]);
  });

  test("prune removes what is old, keeps channels and never reuses a number", async (store) => {
    await store.append([channelEvent(1), forwardEvent(2)]);
    await store.append([forwardEvent(30)]);
    await store.append([forwardEvent(3)]);
    await store.saveMetrics([{ timeMs: 1, name: "m", value: 1 }]);
    const expected = { events: 2, predictions: 0, suggestions: 0, metrics: 1 };
    assert.deepEqual(await store.countBefore(20), expected);
    assert.deepEqual(await store.prune(20), expected);
    assert.deepEqual((await collect(store, 0)).map(([seq]) => seq), [3, 4]);
    assert.equal((await store.channels()).length, 1);
    assert.equal((await store.append([forwardEvent(40)])).lastSeq, 5);
  });

  test("prune leaves sums by hour, adding up over several prunes", async (store) => {
    const failed: LensEvent = forwardEvent(3);
    if (failed.kind === "forward") failed.forward.outcome = "failed_downstream";
    await store.append([channelEvent(1), forwardEvent(2), failed]);
    await store.append([forwardEvent(5), rebalanceEvent(6)]);
    await store.append([forwardEvent(HOUR_MS + 1)]);
    await store.append([forwardEvent(9 * HOUR_MS)]);
    await store.prune(4);
    await store.prune(2 * HOUR_MS);
    const all = { fromMs: 0, limit: 10, offset: 0 };
    const rows = await store.hours(all);
    assert.deepEqual(rows.map((r) => [r.hourMs, r.channelId]), [
      [0, "a"],
      [0, "b"],
      [HOUR_MS, "a"],
      [HOUR_MS, "b"],
    ]);
    const b = rows[1];
    assert.deepEqual([b.outCount, b.inCount, b.failedCount, b.outMsat, b.feesMsat], [
      2,
      0,
      1,
      4000,
      2,
    ]);
    assert.equal(rows[0].inMsat, 4002);
    assert.equal(rows.reduce((sum, r) => sum + r.rebalanceCostMsat, 0), 3);
    assert.equal((await store.hours({ ...all, fromMs: HOUR_MS })).length, 2);
    assert.deepEqual(await store.hours({ ...all, node: "someone" }), []);
    assert.deepEqual(await store.hours({ ...all, limit: 1, offset: 2 }), [rows[2]]);
  });

  test("recent gives the newest events of a kind first, before any number", async (store) => {
    await store.append([forwardEvent(1), channelEvent(2), forwardEvent(3)]);
    await store.append([forwardEvent(4)]);
    const seqs = async (query: Partial<EventQuery>) =>
      (await store.recent({ kind: "forward", limit: 9, ...query })).events.map(({ seq }) => seq);
    assert.deepEqual(await seqs({}), [4, 3, 1]);
    assert.deepEqual(await seqs({ limit: 2 }), [4, 3]);
    assert.deepEqual(await seqs({ beforeSeq: 3 }), [1]);
    assert.deepEqual(await seqs({ node: "n", kind: "channel_state" }), [2]);
    assert.deepEqual(await seqs({ node: "someone" }), []);
  });

  test("recent tells where the next page begins, until there is none", async (store) => {
    await store.append([forwardEvent(1), channelEvent(2), forwardEvent(3)]);
    await store.append([channelEvent(4)]);
    const next = async (query: Partial<EventQuery>) =>
      (await store.recent({ kind: "forward", limit: 1, ...query })).nextBefore;
    assert.equal(await next({}), 3);
    assert.equal(await next({ beforeSeq: 3 }), undefined);
    assert.equal(await next({ limit: 2 }), undefined);
    assert.equal(await next({ node: "someone" }), undefined);
  });

  test("eventfulSince counts days on which something happened", async (store) => {
    assert.equal(store.eventfulSince(1), undefined);
    for (const day of [10, 11, 400, 11.5, 12]) await store.append([forwardEvent(day * DAY_MS)]);
    assert.equal(store.eventfulSince(1), 400 * DAY_MS);
    assert.equal(store.eventfulSince(3), 11 * DAY_MS);
    assert.equal(store.eventfulSince(5), undefined);
  });

  test("replay from any number is the tail of what was appended", async (store) => {
    let all: [number, LensEvent][] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 4 }), { maxLength: 5 }),
        fc.nat(20),
        async (calls, back) => {
          await Promise.all(calls.map((times) => store.append(times.map((t) => forwardEvent(t)))));
          all = await collect(store, 0);
          assert.equal(all.length, store.lastSeq);
          const from = Math.max(0, store.lastSeq - back);
          assert.deepEqual(await collect(store, from), all.slice(from));
        },
      ),
      { numRuns: 25 },
    );
  });
}

/** Sequence number and event of all that {@linkcode Store.replay} gives. */
export async function collect(store: Store, afterSeq: number): Promise<[number, LensEvent][]> {
  const found: [number, LensEvent][] = [];
  for await (const { firstSeq, events } of store.replay(afterSeq)) {
    events.forEach((event, i) => found.push([firstSeq + i, event]));
  }
  return found;
}
