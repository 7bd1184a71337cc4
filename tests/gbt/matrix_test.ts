import assert from "node:assert/strict";
import { InputError } from "../../lib/core/mod.ts";
import { matrixFromRows, takeRows } from "../../lib/gbt/mod.ts";

Deno.test("matrixFromRows lays rows end to end", () => {
  const x = matrixFromRows([[1, 2], [3, 4]]);
  assert.deepEqual([x.rows, x.columns, ...x.data], [2, 2, 1, 2, 3, 4]);
});

Deno.test("matrixFromRows refuses rows of other lengths", () => {
  assert.throws(() => matrixFromRows([[1, 2], [3]]), InputError);
});

Deno.test("takeRows keeps the order asked for and the width of the numbers", () => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  const taken = takeRows({ data, rows: 3, columns: 2 }, [2, 0]);
  assert.deepEqual(taken, { data: Float32Array.of(5, 6, 1, 2), rows: 2, columns: 2 });
});
