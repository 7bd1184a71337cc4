import assert from "node:assert/strict";
import { VectorSlab } from "../../lib/liquidity/vector_slab.ts";

Deno.test("VectorSlab gives every vector a place of its own, few allocations for many", () => {
  const slab = new VectorSlab(3);
  const vectors = Array.from({ length: 600 }, (_, i) => slab.take().fill(i));
  assert.ok(vectors.every((vector, i) => vector.length === 3 && vector.every((v) => v === i)));
  assert.equal(new Set(vectors.map(({ buffer }) => buffer)).size, 3);
});
