import assert from "node:assert/strict";
import { openCsv } from "../../lib/core/mod.ts";
import { forwardFromRow, snapshotFromRow } from "../../lib/protocol/mod.ts";
import { exportCsv } from "../../lib/store/mod.ts";
import { MemoryStore } from "../contracts/memory_store.ts";
import { channelEvent, forwardEvent, rebalanceEvent } from "../contracts/store_events.ts";

const timeMs = Date.UTC(2024, 8, 22, 13, 45, 1);

async function rows(path: string) {
  const found = [];
  for await (const record of (await openCsv(path)).records) found.push(record);
  return found;
}

Deno.test("exportCsv writes what is new, and all channels, under one stamp", async () => {
  const folder = await Deno.makeTempDir();
  const store = new MemoryStore();
  await store.append([channelEvent(timeMs), forwardEvent(timeMs + 1), rebalanceEvent(timeMs + 2)]);
  const first = await exportCsv(store, { folder, timeMs });
  assert.deepEqual(first.map((f) => [f.path.slice(folder.length), f.rows]).sort(), [
    ["/processed/transactions_20240922_134501.csv", 1],
    ["/raw/channels_20240922_134501.csv", 1],
    ["/raw/forwards_20240922_134501.csv", 1],
    ["/raw/snapshots_20240922_134501.csv", 1],
  ]);
  assert.deepEqual(await exportCsv(store, { folder, timeMs }), [], "nothing new: no file");
  await store.append([forwardEvent(timeMs + 3)]);
  const second = await exportCsv(store, { folder, timeMs });
  assert.deepEqual(second.map((f) => [f.path.slice(folder.length), f.rows]).sort(), [
    ["/raw/channels_20240922_134502.csv", 1],
    ["/raw/forwards_20240922_134502.csv", 1],
  ]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("exportCsv files read back as the events they were", async () => {
  const folder = await Deno.makeTempDir();
  const store = new MemoryStore();
  const events = [channelEvent(timeMs), forwardEvent(timeMs + 1)];
  await store.append(events);
  await exportCsv(store, { folder, timeMs });
  const snapshots = `${folder}/raw/snapshots_20240922_134501.csv`;
  const forwards = `${folder}/raw/forwards_20240922_134501.csv`;
  const [snapshot] = await rows(snapshots), [forward] = await rows(forwards);
  const state = snapshotFromRow(snapshot.row, { file: snapshots, line: snapshot.line });
  assert.deepEqual(JSON.parse(JSON.stringify(state)), events[0]);
  const settled = forwardFromRow(forward.row, { file: forwards, line: forward.line });
  assert.deepEqual(JSON.parse(JSON.stringify(settled)), events[1]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("exportCsv that fails leaves no file and takes the same rows the next time", async () => {
  const folder = await Deno.makeTempDir();
  const store = new MemoryStore();
  await store.append([forwardEvent(timeMs)]);
  const failing = Object.assign(Object.create(store), {
    replay: (after: number) => store.replay(after),
    note: (name: string) => store.note(name),
    predictions: () => Promise.resolve([]),
    channels: () => Promise.reject(new Error("disk gone")),
    metrics: () => Promise.resolve([]),
  });
  await assert.rejects(exportCsv(failing, { folder, timeMs }), /disk gone/);
  const left = [];
  for await (const entry of Deno.readDir(`${folder}/raw`)) left.push(entry.name);
  assert.deepEqual(left, []);
  assert.equal((await exportCsv(store, { folder, timeMs })).length, 1);
  await Deno.remove(folder, { recursive: true });
});
