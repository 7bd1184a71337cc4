import assert from "node:assert/strict";
import { sparkline, textBar, textTable } from "../../lib/core/mod.ts";

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

Deno.test("sparkline goes from the smallest to the largest value, with gaps where there is none", () => {
  assert.equal(sparkline([0, 1, 2, NaN, 7]), "\u2581\u2582\u2583 \u2588");
  assert.equal(sparkline([3, 3]), "\u2585\u2585");
  assert.equal(sparkline([]), "");
});
