import assert from "node:assert/strict";
import { InputError, readToml } from "../../lib/core/mod.ts";

async function tomlFile(text: string) {
  const path = await Deno.makeTempFile({ suffix: ".toml" });
  await Deno.writeTextFile(path, text);
  return path;
}

Deno.test("readToml tells the line of every member", async () => {
  const path = await tomlFile(`# head
margin = 3
limits.fee = 1
[quiet]
"hours x" = ["a"]

[[channel]]
id = "1x1x1"
[[channel]]
id = "2x2x2"
low = 0.1
`);
  const { value, lineOf } = await readToml(path);
  assert.deepEqual(value.channel, [{ id: "1x1x1" }, { id: "2x2x2", low: 0.1 }]);
  const lines = ([
    ["margin"],
    ["limits", "fee"],
    ["quiet"],
    ["quiet", "hours x"],
    ["channel"],
    ["channel", 0, "id"],
    ["channel", 1],
    ["channel", 1, "low"],
    ["channel", 1, "absent"],
    ["absent"],
    [],
  ] as const).map(lineOf);
  assert.deepEqual(lines, [2, 3, 4, 5, 7, 8, 9, 11, 9, undefined, undefined]);
});

Deno.test("readToml names the line of what is no TOML", async () => {
  const path = await tomlFile("a = 1\nb = = 2\nc = 3\n");
  await assert.rejects(
    readToml(path),
    (error) => error instanceof InputError && error.fault.line === 2 && error.fault.file === path,
  );
});
