import assert from "node:assert/strict";
import { listFiles } from "../../lib/core/mod.ts";
import { backUpStore, DATABASE_NAME, SqliteStore } from "../../lib/store/mod.ts";
import { collect } from "../contracts/store_contract.ts";
import { forwardEvent } from "../contracts/store_events.ts";

const TIME_MS = Date.UTC(2024, 8, 22, 13, 45, 1);

Deno.test("backUpStore copies one moment of a store that is being written, and it opens", async () => {
  const folder = await Deno.makeTempDir(), restored = await Deno.makeTempDir();
  const store = SqliteStore.open(folder);
  await store.append([forwardEvent(1), forwardEvent(2)]);
  let writing = true;
  const load = (async () => {
    while (writing) await store.append([forwardEvent(3), forwardEvent(4)]);
  })();
  const { path, bytes } = await backUpStore(folder, { timeMs: TIME_MS, keep: 2 });
  writing = false;
  await load;
  const { lastSeq } = store;
  await store.close();
  assert.equal(path, `${folder}/backups/lightning_lens_20240922_134501.db`);
  assert.ok(bytes > 0);
  await Deno.copyFile(path, `${restored}/${DATABASE_NAME}`);
  const copy = SqliteStore.open(restored);
  const events = await collect(copy, 0);
  assert.ok(events.length >= 2 && events.length <= lastSeq && events.length % 2 === 0);
  assert.equal(copy.lastSeq, events.length);
  await copy.append([forwardEvent(5)]);
  await copy.close();
  for (const dir of [folder, restored]) await Deno.remove(dir, { recursive: true });
});

Deno.test("backUpStore keeps the newest, and leaves no half copy behind", async () => {
  const folder = await Deno.makeTempDir();
  await assert.rejects(
    backUpStore(folder, { timeMs: TIME_MS, keep: 2 }),
    /no store to back up: .*lightning_lens.db is missing/,
  );
  await SqliteStore.open(folder).close();
  for (const hour of [0, 1, 2]) {
    await backUpStore(folder, { timeMs: TIME_MS + hour * 3_600_000, keep: 2 });
  }
  const names = ["lightning_lens_20240922_144501.db", "lightning_lens_20240922_154501.db"];
  assert.deepEqual(await listFiles(`${folder}/backups`, /./), names);
  await Deno.writeTextFile(`${folder}/${DATABASE_NAME}`, "no database ".repeat(100));
  await assert.rejects(
    backUpStore(folder, { timeMs: TIME_MS, keep: 2 }),
    /can't back up .*not a database/,
  );
  assert.deepEqual(await listFiles(`${folder}/backups`, /./), names);
  await Deno.remove(folder, { recursive: true });
});
