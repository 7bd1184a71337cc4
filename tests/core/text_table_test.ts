import assert from "node:assert/strict";
import { sparkline, textBar, textTable, textWidth, wrapCells } from "../../lib/core/mod.ts";

Deno.test("textTable sets numbers to the right and text to the left", () => {
  assert.deepEqual(textTable(["name", "count"], [["a", "5"], ["longer", "12 %"]]), [
    "name    count",
    "------  -----",
    "a           5",
    "longer   12 %",
  ]);
});

Deno.test("textTable takes keys and channels that begin with digits for text", () => {
  const [head] = textTable(["peer", "channel", "sum"], [
    ["0320bf8c…e60d", "402x1x0", "+10.6 % (-3.5 % to +35.8 %)"],
    ["02ab…cd", "9x2x1", "500 nodes, 2,185 channels"],
    ["03", "1x1x1", "-"],
  ]);
  assert.equal(head, "peer           channel                          sum");
});

Deno.test("textTable aligns by the cells of a terminal, not by letters", () => {
  const rows = [["\u65e5\u672c", "x"], ["e\u0301t\u00e9", "x"], ["\u{1f680}!", "x"], [
    "abc\u200b",
    "x",
  ]];
  const places = textTable(["name", "y"], rows).slice(2).map((line) =>
    textWidth(line.split("x")[0])
  );
  assert.deepEqual(places, [6, 6, 6, 6]);
});

Deno.test("textTable puts the last column below the rows where a line has no room for it", () => {
  const rows = [["a", "12", "why it is so"], ["b", "3", ""]];
  assert.deepEqual(textTable(["of", "n", "reason"], rows, 14), [
    "of   n",
    "    reason",
    "--  --",
    "a   12",
    "    why it is",
    "    so",
    "b    3",
  ]);
  assert.deepEqual(
    textTable(["of", "n", "reason"], rows, 20),
    textTable(["of", "n", "reason"], rows),
  );
  assert.deepEqual(wrapCells("\u65e5\u672c \u65e5 x", 4), ["\u65e5\u672c", "\u65e5 x"]);
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
