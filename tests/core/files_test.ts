import assert from "node:assert/strict";
import {
  AtomicFile,
  InputError,
  LensError,
  listFiles,
  openCsv,
  readJson,
  readTextMaybeGzip,
  writeFileAtomic,
} from "../../lib/core/mod.ts";

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

Deno.test("AtomicFile names the path that can't be written, and leaves nothing aside", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/file`, "");
    await assert.rejects(writeFileAtomic(`${folder}/file/a.csv`, "a"), (error) => {
      assert.ok(error instanceof LensError);
      assert.match(error.message, /can't write .*\/file\/a\.csv: File exists/);
      return true;
    });
    await Deno.mkdir(`${folder}/taken/inside`, { recursive: true });
    await assert.rejects(writeFileAtomic(`${folder}/taken`, "a"), /can't write .*\/taken: /);
    assert.deepEqual(await listFiles(folder, /tmp/), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readTextMaybeGzip refuses what the system does, by the file's name", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.symlink(`${folder}/b`, `${folder}/a`);
    await Deno.symlink(`${folder}/a`, `${folder}/b`);
    await Deno.writeTextFile(`${folder}/file`, "x");
    for (const name of ["a", "file/c"]) {
      await assert.rejects(readTextMaybeGzip(`${folder}/${name}`), (error) => {
        assert.ok(error instanceof InputError);
        assert.equal(error.fault.file, `${folder}/${name}`);
        return true;
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readTextMaybeGzip reads every member of a gzip file, and refuses one that is not whole", async () => {
  const path = await Deno.makeTempFile();
  try {
    const zip = async (text: string) => {
      const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    };
    const one = await zip("a,b\n1,2\n"), two = await zip("3,4\n");
    await Deno.writeFile(path, new Uint8Array([...one, ...two]));
    assert.equal(await readTextMaybeGzip(path), "a,b\n1,2\n3,4\n");
    assert.deepEqual((await Array.fromAsync((await openCsv(path)).records)).map(({ row }) => row), [
      { a: "1", b: "2" },
      { a: "3", b: "4" },
    ]);
    const junk = new TextEncoder().encode("no gzip");
    for (const rest of [two.slice(0, 15), two.slice(0, -3), junk]) {
      await Deno.writeFile(path, new Uint8Array([...one, ...rest]));
      const damaged = (error: unknown) => error instanceof InputError && /gzip/.test(error.message);
      await assert.rejects(readTextMaybeGzip(path), damaged);
    }
  } finally {
    await Deno.remove(path);
  }
});
