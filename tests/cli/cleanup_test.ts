import assert from "node:assert/strict";
import { EXIT } from "../../lib/core/mod.ts";
import { runProgram } from "../../lib/cli/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { forwardEvent } from "../contracts/store_events.ts";
import { captured } from "./captured.ts";

const DAY_MS = 86_400_000;

async function folderWithOldFile() {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/processed`);
  const path = `${folder}/processed/features_20240101_000000.csv`;
  await Deno.writeTextFile(path, "x".repeat(2000));
  const old = new Date(Date.now() - 8 * DAY_MS);
  await Deno.utime(path, old, old);
  return { folder, path };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("cleanup --dry-run says what would go and removes nothing", async () => {
  const { folder, path } = await folderWithOldFile();
  const { code, lines } = await captured(() =>
    runProgram(["cleanup", "--dry-run", "--data-dir", folder])
  );
  assert.equal(code, EXIT.done);
  assert.match(lines.join("\n"), /features_20240101_000000\.csv {2}2\.00 kB/);
  assert.match(lines.join("\n"), /1 files, 2\.00 kB would be removed/);
  assert.ok(await exists(path));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("cleanup removes what is old, of the given type only", async () => {
  const { folder, path } = await folderWithOldFile();
  await captured(() => runProgram(["cleanup", "--type", "metrics", "--data-dir", folder]));
  assert.ok(await exists(path));
  await captured(() => runProgram(["cleanup", "--type", "features", "--data-dir", folder]));
  assert.ok(!await exists(path));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("cleanup prunes the store, unless a server has it", async () => {
  const folder = await Deno.makeTempDir();
  const run = () => captured(() => runProgram(["cleanup", "--json", "--data-dir", folder]));
  const store = SqliteStore.open(folder);
  await store.append([forwardEvent(0)]);
  await store.append([forwardEvent(30 * DAY_MS)]);
  const busy = JSON.parse((await run()).lines.join("\n"));
  assert.match(busy.store.untouched, /a server works with the store/);
  await store.close();
  const done = JSON.parse((await run()).lines.join("\n"));
  assert.equal(done.store.rows.events, 1);
  await Deno.remove(folder, { recursive: true });
});
