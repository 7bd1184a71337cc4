import assert from "node:assert/strict";
import { textBar, textTable } from "../../lib/core/mod.ts";

Deno.test("textTable sets numbers to the right and text to the left", () => {
  assert.deepEqual(textTable(["name", "count"], [["a", "5"], ["longer", "12 %"]]), [
    "name    count",
    "------  -----",
    "a           5",
    "longer   12 %",
  ]);
});

Deno.test("textBar fills in proportion and stays within its width", () => {
  assert.deepEqual([0, 0.5, 1, 7, -1].map((share) => textBar(share, 4)), [
    "....",
    "##..",
    "####",
    "####",
    "....",
  ]);
});
