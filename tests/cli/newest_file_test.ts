import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../lib/core/mod.ts";
import { newestFile } from "../../lib/cli/newest_file.ts";

Deno.test("newestFile goes by the time in the name and passes refused rows over", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    await assert.rejects(
      newestFile(dataDir, "forwards"),
      (error: Error) => error instanceof InputError && /run `generate` first/.test(error.message),
    );
    const folder = join(dataDir, "processed");
    await Deno.mkdir(folder);
    for (
      const name of [
        "features_20240921_000000.csv",
        "features_20240922_000000.csv.gz",
        "features_20240922_000000.rejected.csv",
        "transactions_20240923_000000.csv",
      ]
    ) await Deno.writeTextFile(join(folder, name), "");
    assert.equal(
      await newestFile(dataDir, "features"),
      join(folder, "features_20240922_000000.csv.gz"),
    );
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
