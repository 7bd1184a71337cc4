import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRng } from "../../lib/core/mod.ts";
import { matrixFromRows } from "../../lib/gbt/mod.ts";
import { BlockPredictor, singleAtLeast } from "../../lib/gbt/block_predictor.ts";
import { flatScore, flattenTrees } from "../../lib/gbt/flat_trees.ts";
import { anyNumber, randomTree } from "./synthetic.ts";

Deno.test("BlockPredictor gives the bits of flatScore for any trees, rows and width", () => {
  const rows = fc.array(fc.array(anyNumber, { minLength: 4, maxLength: 4 }), {
    minLength: 1,
    maxLength: 40,
  });
  const seeds = fc.integer({ min: 0, max: 1e9 });
  fc.assert(
    fc.property(rows, seeds, fc.boolean(), (values, seed, single) => {
      const rng = seededRng(seed);
      const flat = flattenTrees(Array.from({ length: 4 }, () => randomTree(rng)));
      const x = matrixFromRows(values);
      if (single) x.data = Float32Array.from(x.data);
      const predictor = BlockPredictor.create(flat, 4, single ? 32 : 64)!;
      const scores = new Float64Array(x.rows).fill(0.25);
      predictor.addScores(x, scores);
      scores.forEach((score, r) => {
        assert.ok(Object.is(score, flatScore(flat, x.data, r * 4, 0.25)));
      });
    }),
  );
});

Deno.test("BlockPredictor goes through more rows than fit into a block", () => {
  const rng = seededRng(1);
  const flat = flattenTrees([randomTree(rng), randomTree(rng)]);
  const data = Float32Array.from({ length: 4 * 1003 }, () => rng.normal());
  const x = { data, rows: 1003, columns: 4 };
  const scores = new Float64Array(1003);
  BlockPredictor.create(flat, 4, 32)!.addScores(x, scores);
  scores.forEach((score, r) => assert.equal(score, flatScore(flat, data, r * 4, 0)));
});

Deno.test("singleAtLeast splits 32-bit numbers as the 64-bit threshold does", () => {
  const near = fc.tuple(fc.float({ noNaN: true }), fc.integer({ min: -2, max: 2 }));
  fc.assert(
    fc.property(fc.double({ noNaN: true }), near, (threshold, [value, nudge]) => {
      for (const t of [threshold, value + nudge * Number.EPSILON * Math.abs(value), value]) {
        const single = singleAtLeast(t);
        assert.equal(single, Math.fround(single));
        assert.equal(value < single, value < t, `${value} ${t}`);
      }
    }),
    { numRuns: 1000 },
  );
  assert.ok(singleAtLeast(1e-60) > 0);
});
