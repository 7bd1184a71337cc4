import assert from "node:assert/strict";
import { AtomicFile, listFiles, readJson, writeFileAtomic } from "../../lib/core/mod.ts";

Deno.test("writeFileAtomic replaces a file whole and makes its folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeFileAtomic(`${folder}/deep/er/a.json`, '{"a":1}');
    await writeFileAtomic(`${folder}/deep/er/a.json`, '{"a":2}');
    assert.deepEqual(await readJson(`${folder}/deep/er/a.json`), { a: 2 });
    assert.deepEqual(await listFiles(`${folder}/deep/er`, /./), ["a.json"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("AtomicFile shows nothing before its commit, and keeps the old file when aborted", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a.txt`;
    await writeFileAtomic(path, "old");
    const file = await AtomicFile.open(path);
    await file.write("new");
    assert.equal(await Deno.readTextFile(path), "old");
    await file.abort();
    assert.equal(await Deno.readTextFile(path), "old");
    assert.deepEqual(await listFiles(folder, /./), ["a.txt"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readJson names the line where a file stops being JSON", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, '{\n"a": 1,\n"b": oops\n}');
    await assert.rejects(readJson(path), (error: Error) => {
      assert.ok(error.message.startsWith(`${path}:3: `), error.message);
      return true;
    });
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readJson shows what is wrong in a file, and on which line", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, '{\n"a": [1, 2],\n"b": [1 2]}\n');
    await assert.rejects(readJson(path), /:3: found "2\]\}/);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readJson says that a file is cut off", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, '{\n"a": [1, 2,\n');
    await assert.rejects(readJson(path), /:3: found "the end of the file", expected JSON/);
  } finally {
    await Deno.remove(path);
  }
});
