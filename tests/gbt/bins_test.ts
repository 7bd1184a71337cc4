import assert from "node:assert/strict";
import fc from "fast-check";
import { findBins } from "../../lib/gbt/bin_edges.ts";
import { binOfValue, packBins, wordsPerRow } from "../../lib/gbt/bin_words.ts";
import { matrixFromRows, MISSING_FROM } from "../../lib/gbt/mod.ts";
import { sortFloat32 } from "../../lib/gbt/radix_sort.ts";
import { anyNumber, friedman } from "./synthetic.ts";

Deno.test("sortFloat32 sorts as the built-in sort does", () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 300 }), (values) => {
      const mine = Float32Array.from(values);
      sortFloat32(mine);
      assert.deepEqual(mine, Float32Array.from(values).sort());
    }),
  );
});

Deno.test("findBins gives ascending finite edges with values on both sides of each", () => {
  const columns = fc.array(anyNumber, { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(columns, fc.integer({ min: 2, max: 255 }), (values, bins) => {
      const [{ edges, hasMissing }] = findBins(matrixFromRows(values.map((v) => [v])), bins);
      const present = values.filter((v) => v < MISSING_FROM);
      assert.equal(hasMissing, present.length < values.length);
      assert.ok(edges.length < bins);
      let before = -Infinity;
      for (const edge of edges) {
        assert.ok(Number.isFinite(edge) && edge > before);
        assert.ok(present.some((v) => v < edge && (v >= before || before === -Infinity)));
        before = edge;
      }
      if (edges.length) assert.ok(present.some((v) => v >= before));
    }),
  );
});

Deno.test("findBins separates all values where they fit and balances the bins where not", () => {
  const few = matrixFromRows([3, 1, 2, 2, 1, 5].map((v) => [v]));
  assert.deepEqual([...findBins(few, 255)[0].edges], [1.5, 2.5, 4]);
  const { x } = friedman(20_000, { columns: 5 });
  const [bins] = findBins(x, 100);
  const counts = new Int32Array(100);
  for (let r = 0; r < x.rows; r++) counts[binOfValue(x.data[r * 5], bins)]++;
  assert.ok(counts.every((count) => count > 150 && count < 250), counts.join());
});

Deno.test("packBins agrees with the definition of a bin for any value and width", () => {
  const rows = fc.array(fc.array(anyNumber, { minLength: 5, maxLength: 5 }), {
    minLength: 2,
    maxLength: 120,
  });
  fc.assert(
    fc.property(rows, fc.integer({ min: 2, max: 255 }), fc.boolean(), (values, count, single) => {
      const x = matrixFromRows(values);
      if (single) x.data = Float32Array.from(x.data);
      const bins = findBins(x, count);
      const words = new Uint32Array(x.rows * wordsPerRow(5));
      packBins(x, bins, words);
      for (let r = 0; r < x.rows; r++) {
        for (let f = 0; f < 5; f++) {
          const bin = (words[(f >> 2) * x.rows + r] >>> ((f % 4) * 8)) & 255;
          const value = x.data[r * 5 + f];
          assert.equal(bin, binOfValue(value, bins[f]));
          // What routing relies on: below an edge by value is below it by bin.
          bins[f].edges.forEach((edge, b) => assert.equal(value < edge, bin <= b));
        }
      }
    }),
  );
});

Deno.test("packBins packs a range of rows and leaves the others", () => {
  const { x } = friedman(50, { columns: 6 });
  const bins = findBins(x, 16);
  const whole = new Uint32Array(100);
  packBins(x, bins, whole);
  const parts = new Uint32Array(100);
  packBins(x, bins, parts, 0, 20);
  packBins(x, bins, parts, 20, 50);
  assert.deepEqual(parts, whole);
});
