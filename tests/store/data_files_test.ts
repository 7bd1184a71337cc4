import assert from "node:assert/strict";
import { findDataFiles } from "../../lib/store/mod.ts";

Deno.test("findDataFiles finds by type and age, and never a model", async () => {
  const folder = await Deno.makeTempDir();
  const put = async (path: string, daysAgo: number) => {
    const full = `${folder}/${path}`;
    await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(full, "12345");
    const time = new Date(Date.now() - daysAgo * 86_400_000);
    await Deno.utime(full, time, time);
  };
  await put("raw/forwards_20240101_000000.csv", 10);
  await put("raw/forwards_20240909_000000.csv", 1);
  await put("raw/snapshots_20240101_000000.csv", 10);
  await put("processed/features_20240101_000000.csv", 10);
  await put("processed/features_20240101_000000.csv.77.0.tmp", 10);
  await put("processed/notes.txt", 10);
  await put("models/model_20240101_000000.json", 10);
  const beforeMs = Date.now() - 7 * 86_400_000;
  const names = async (type?: "features" | "metrics") =>
    (await findDataFiles(folder, { beforeMs, type })).map((f) => f.path.split("/").at(-1));
  assert.deepEqual(await names(), [
    "forwards_20240101_000000.csv",
    "features_20240101_000000.csv",
    "features_20240101_000000.csv.77.0.tmp",
    "snapshots_20240101_000000.csv",
  ]);
  assert.deepEqual((await names("features")).length, 2);
  assert.deepEqual(await names("metrics"), []);
  await Deno.remove(folder, { recursive: true });
});
