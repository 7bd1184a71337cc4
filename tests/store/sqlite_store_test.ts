import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { LensError, RefusedError } from "../../lib/core/mod.ts";
import type { LensEvent } from "../../lib/protocol/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { collect } from "../contracts/store_contract.ts";
import { channelEvent, forwardEvent } from "../contracts/store_events.ts";

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("SqliteStore holds after reopening: journal, names, channels and notes", () =>
  inFolder(async (folder) => {
    const named = { ...forwardEvent(2), eventId: "known" };
    const before = SqliteStore.open(folder);
    await before.append([channelEvent(1), named]);
    await before.setNote("exported_seq", 2);
    await before.close();
    const after = SqliteStore.open(folder);
    assert.equal(after.lastSeq, 2);
    assert.equal((await after.append([named])).duplicates, 1);
    assert.deepEqual(await collect(after, 0), [[1, channelEvent(1)], [2, named]]);
    assert.equal((await after.channels()).length, 1);
    assert.equal(await after.note("exported_seq"), 2);
    await after.close();
  }));

Deno.test("SqliteStore keeps channels whose events were pruned before reopening", () =>
  inFolder(async (folder) => {
    const before = SqliteStore.open(folder);
    await before.append([channelEvent(1)]);
    await before.append([forwardEvent(50)]);
    await before.prune(10);
    await before.close();
    const after = SqliteStore.open(folder);
    assert.deepEqual((await collect(after, 0)).map(([seq]) => seq), [2]);
    assert.deepEqual(await after.channels(), [{
      timeMs: 1,
      channel: (channelEvent(1) as Extract<LensEvent, { kind: "channel_state" }>).channel,
    }]);
    await after.close();
  }));

Deno.test("SqliteStore splits a long append and replays it whole", () =>
  inFolder(async (folder) => {
    const store = SqliteStore.open(folder);
    await store.append(Array.from({ length: 2500 }, (_, i) => forwardEvent(i)));
    const tail = await collect(store, 1999);
    assert.deepEqual(tail.map(([seq, e]) => [seq, e.timeMs]).at(0), [2000, 1999]);
    assert.equal(tail.length, 501);
    await store.close();
  }));

Deno.test("SqliteStore refuses a second holder of the folder with exit code 5", () =>
  inFolder(async (folder) => {
    const store = SqliteStore.open(folder);
    assert.throws(
      () => SqliteStore.open(folder),
      (e: Error) =>
        e instanceof RefusedError && e.exitCode === 5 && /in use by another/.test(e.message),
    );
    await store.close();
    await SqliteStore.open(folder).close();
  }));

Deno.test("SqliteStore append that fails stores nothing and forgets the names", () =>
  inFolder(async (folder) => {
    const store = SqliteStore.open(folder);
    const good = { ...forwardEvent(1), eventId: "x" };
    // JSON has no big integers: writing this one fails after the name was noted.
    const bad = { ...forwardEvent(2), timeMs: 2n } as unknown as LensEvent;
    await assert.rejects(store.append([good, bad], { read: 1 }));
    assert.deepEqual([store.lastSeq, await store.note("read")], [0, undefined]);
    await assert.rejects(store.append([good, bad]));
    assert.deepEqual(await store.append([good, good]), {
      accepted: [good],
      duplicates: 1,
      lastSeq: 1,
    });
    assert.equal((await store.append([good])).duplicates, 1);
    await store.close();
  }));

Deno.test("SqliteStore rejects appends after close", () =>
  inFolder(async (folder) => {
    const store = SqliteStore.open(folder);
    const underWay = store.append([forwardEvent(1)]);
    await store.close();
    assert.equal((await underWay).lastSeq, 1);
    await assert.rejects(store.append([forwardEvent(2)]), LensError);
  }));

Deno.test("SqliteStore.open says what is wrong with a file of another kind or version", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/lightning_lens.db`, "no database ".repeat(100));
    assert.throws(() => SqliteStore.open(folder), /can't open the store .*not a database/);
    await Deno.remove(`${folder}/lightning_lens.db`);
    const db = new DatabaseSync(`${folder}/lightning_lens.db`);
    db.exec("pragma user_version = 99");
    db.close();
    assert.throws(() => SqliteStore.open(folder), /is of version 99, this program knows \d+/);
  }));

Deno.test("SqliteStore.open says when the folder can't be written to", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    assert.throws(
      () => SqliteStore.open(`${folder}/file/data`),
      (e: Error) =>
        e instanceof LensError && /can't write to the data folder .*--data-dir/.test(e.message),
    );
  }));

Deno.test("SqliteStore gives room back to the disk after pruning", () =>
  inFolder(async (folder) => {
    const store = SqliteStore.open(folder);
    for (let i = 0; i < 40; i++) {
      await store.append(Array.from({ length: 1000 }, (_, k) => forwardEvent(i * 1000 + k)));
    }
    const size = () => Deno.statSync(`${folder}/lightning_lens.db`).size;
    await store.prune(0);
    await store.close();
    const full = size();
    const again = SqliteStore.open(folder);
    await again.prune(39_000);
    await again.close();
    assert.ok(size() < full / 4, `${size()} of ${full}`);
  }));
