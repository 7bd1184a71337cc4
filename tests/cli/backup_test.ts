import assert from "node:assert/strict";
import { join } from "node:path";
import { DATABASE_NAME, SqliteStore } from "../../lib/store/mod.ts";
import { collect } from "../contracts/store_contract.ts";
import { forwardEvent } from "../contracts/store_events.ts";
import { lens } from "../lnd/lens_process.ts";

Deno.test("backup copies the store with the permissions of its task alone", async () => {
  const folder = await Deno.makeTempDir();
  const store = SqliteStore.open(folder);
  await store.append([forwardEvent(1), forwardEvent(2)]);
  const { code, stdout, stderr } = await lens(["backup", "--data-dir", folder, "--json"]);
  await store.close();
  assert.equal(code, 0, stderr);
  const restored = join(folder, "restored");
  await Deno.mkdir(restored);
  await Deno.rename(JSON.parse(stdout).path, join(restored, DATABASE_NAME));
  const copy = SqliteStore.open(restored);
  assert.equal((await collect(copy, 0)).length, 2);
  await copy.close();
  await Deno.remove(folder, { recursive: true });
});
