import assert from "node:assert/strict";
import fc from "fast-check";
import { CsvWriter, InputError, listFiles, openCsv, RejectedRows } from "../../lib/core/mod.ts";

async function inFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("CsvWriter compresses a file that is called .gz, and leaves none when it is aborted", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.csv.gz`;
    const rows = Array.from({ length: 5000 }, (_, i) => ({ a: String(i), b: `text ${i % 7}` }));
    const write = async () => {
      const writer = await CsvWriter.open(path, ["a", "b"]);
      for (const row of rows) await writer.write(row);
      return writer;
    };
    await (await write()).close();
    const bytes = await Deno.readFile(path);
    assert.deepEqual([...bytes.subarray(0, 2)], [0x1f, 0x8b]);
    assert.ok(bytes.length < 40_000, `${bytes.length} bytes`);
    assert.deepEqual((await readAll(path)).map(({ row }) => row), rows);
    await (await write()).close();
    assert.deepEqual(await Deno.readFile(path), bytes);
    await Deno.remove(path);
    await (await write()).abort();
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

async function readAll(path: string) {
  const { records } = await openCsv(path);
  return await Array.fromAsync(records);
}

Deno.test("CsvWriter and openCsv round-trip any text", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.csv`;
    const field = fc.string({ unit: "binary" }).filter((s) => !/[\r\0]/.test(s));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(field, field), { maxLength: 20 }), async (rows) => {
        const writer = await CsvWriter.open(path, ["a", "b"]);
        for (const [a, b] of rows) await writer.write({ a, b });
        await writer.close();
        const found = (await readAll(path)).map(({ row }) => [row.a, row.b]);
        assert.deepEqual(found, rows);
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});

Deno.test("openCsv gives the line on which a record starts", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.csv`;
    await Deno.writeTextFile(path, 'a,b\n1,"x\ny"\n2,z\n');
    assert.deepEqual((await readAll(path)).map((r) => r.line), [2, 4]);
  });
});

Deno.test("openCsv reads a long file the same with and without quotes, line ends of either kind", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.csv`;
    const rows = Array.from({ length: 20_000 }, (_, i) => [String(i), "x".repeat(i % 9)]);
    for (const [quote, end] of [["", "\n"], ["", "\r\n"], ['"', "\n"], ['"', "\r\n"]]) {
      // From the middle on the second field is quoted; an empty line counts.
      const lines = rows.map(([a, b], i) => i < 10_000 ? `${a},${b}` : `${a},${quote}${b}${quote}`);
      await Deno.writeTextFile(path, ["a,b", "", ...lines].join(end));
      const found = await readAll(path);
      assert.deepEqual(found.map(({ row }) => [row.a, row.b]), rows);
      assert.ok(found.every(({ line }, i) => line === i + 3));
    }
  });
});

Deno.test("openCsv names what is wrong with a file", async (t) => {
  const cases: [string, string | Uint8Array<ArrayBuffer> | undefined, RegExp][] = [
    ["missing", undefined, /no such file/],
    ["empty", "", /an empty file/],
    ["JSON", '{"nodes": []}', /:1: found .* expected a CSV record/],
    ["JSON in lines", "[\n1\n]\n", /CSV header/],
    ["binary", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]), /CSV header/],
    ["twice the same column", "a,a\n1,2\n", /:1: a: found "the column twice"/],
    ["a short record", "a,b\n1,2\n3\n", /:3: found "1 field", expected 2/],
    [
      "a bare quote",
      `a,b\n${"1,2\n".repeat(30_000)}3,x"y\n`,
      /:30002: found "column 4: bare .* expected a CSV record/,
    ],
    [
      "a quote in a quoted field",
      'a,b\n1,"x\ny"z"\n',
      /:3: found "column 2: extraneous or missing .* in quoted-field"/,
    ],
    ["a long record", "a,b\n1,2,3\n", /:2: found "3 fields", expected 2/],
    ["lines that end in CR alone", "a,b\r1,2\r", /CSV header/],
    ["a truncated gzip", new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 75]), /gzip/],
  ];
  for (const [name, content, message] of cases) {
    await t.step(name, async () => {
      await inFolder(async (folder) => {
        const path = `${folder}/a.csv`;
        if (typeof content === "string") await Deno.writeTextFile(path, content);
        else if (content) await Deno.writeFile(path, content);
        await assert.rejects(readAll(path), (error) => {
          assert.ok(error instanceof InputError);
          assert.match(error.message, message);
          return true;
        });
      });
    });
  }
});

Deno.test("CsvWriter leaves nothing when aborted", async () => {
  await inFolder(async (folder) => {
    const writer = await CsvWriter.open(`${folder}/a.csv`, ["a"]);
    await writer.write({ a: 1 });
    await writer.abort();
    assert.deepEqual(await listFiles(folder, /./), []);
  });
});

Deno.test("RejectedRows records reasons when told to skip, throws otherwise", async () => {
  await inFolder(async (folder) => {
    const record = { line: 7, row: { a: "x" } };
    const fail = () => {
      throw new InputError({ field: "a", found: "x", expected: "a number" });
    };
    assert.throws(
      () => new RejectedRows(`${folder}/o.csv`, false).attempt(record, fail),
      InputError,
    );
    const rejected = new RejectedRows(`${folder}/o.csv`, true);
    assert.equal(rejected.attempt(record, fail), undefined);
    assert.equal(rejected.attempt(record, () => 5), 5);
    assert.equal(await rejected.close(), `${folder}/o.rejected.csv`);
    const [{ row }] = await readAll(`${folder}/o.rejected.csv`);
    assert.deepEqual(row, { line: "7", reason: 'a: found "x", expected a number', a: "x" });
  });
});

Deno.test("RejectedRows keeps records with too few or too many fields", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.csv`;
    await Deno.writeTextFile(path, "a,b\n1,2\n3\n4,5,6\n7,8\n");
    const rejected = new RejectedRows(`${folder}/o.csv`, true);
    const { records } = await openCsv(path, rejected.refuse);
    assert.deepEqual((await Array.fromAsync(records)).map((r) => r.line), [2, 5]);
    const rows = await readAll((await rejected.close())!);
    assert.deepEqual(rows.map(({ row }) => [row.line, row.a, row.b, row["field 3"]]), [
      ["3", "3", "", ""],
      ["4", "4", "5", "6"],
    ]);
  });
});
