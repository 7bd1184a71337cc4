import assert from "node:assert/strict";
import fc from "fast-check";
import { LiquidityBounds, priorAtLeast, priorQuantile } from "../../lib/network/mod.ts";
import {
  normalQuantile,
  normalShareBelow,
  uniformRanks,
} from "../../lib/network/generated/ranks.ts";
import { NodeHeap } from "../../lib/network/search/node_heap.ts";
import { smallNetwork } from "./helpers.ts";

Deno.test("priorAtLeast is the survival function of Beta(1/4, 1/4)", () => {
  // From the regularised incomplete beta function I_x(1/4, 1/4).
  assert(Math.abs(priorAtLeast(0.05) - (1 - 0.2575)) < 2e-3);
  assert.equal(priorAtLeast(0), 1);
  assert.equal(priorAtLeast(1.01), 0);
  assert(Math.abs(priorAtLeast(0.5) - 0.5) < 1e-9);
  fc.assert(fc.property(fc.nat(2 ** 20), (step) => {
    const x = step / 2 ** 20;
    assert(Math.abs(priorAtLeast(x) + priorAtLeast(1 - x) - 1) < 1e-6);
    assert(Math.abs(1 - priorAtLeast(priorQuantile(x)) - x) < 1e-4);
  }));
});

Deno.test("LiquidityBounds: certain outside the bounds, falling between, forgotten on reset", () => {
  const bounds = new LiquidityBounds(smallNetwork("a-b:0/0"));
  const prior = bounds.probability(0, 4e8);
  bounds.learnSuccess(0, 2e8);
  bounds.learnFailure(0, 6e8);
  assert.equal(bounds.probability(0, 2e8), 1);
  assert.equal(bounds.probability(0, 6e8), 0);
  const middle = bounds.probability(0, 4e8);
  assert(middle > 0 && middle < 1 && middle !== prior);
  assert(bounds.probability(0, 3e8) > middle);
  bounds.learnExact(1, 5e8);
  assert.deepEqual([bounds.probability(1, 5e8), bounds.probability(1, 5e8 + 1)], [1, 0]);
  bounds.reset();
  assert.equal(bounds.probability(0, 4e8), prior);
  assert.equal(bounds.failedMsat(0), Infinity);
});

Deno.test("LiquidityBounds: the latest lesson wins over one that contradicts it", () => {
  const bounds = new LiquidityBounds(smallNetwork("a-b:0/0"));
  bounds.learnSuccess(0, 5e8);
  bounds.learnFailure(0, 3e8);
  assert.equal(bounds.probability(0, 3e8), 0);
  bounds.learnSuccess(0, 4e8);
  assert.equal(bounds.probability(0, 4e8), 1);
});

Deno.test("NodeHeap gives nodes in the order of their least keys", () => {
  const pushes = fc.array(fc.tuple(fc.nat(30), fc.nat(1000)), { maxLength: 100 });
  const heap = new NodeHeap(31);
  fc.assert(fc.property(pushes, (list) => {
    const least = new Map<number, number>();
    for (const [node, key] of list) {
      heap.push(node, key);
      least.set(node, Math.min(key, least.get(node) ?? Infinity));
    }
    assert.equal(heap.size, least.size);
    const keys = Array.from({ length: heap.size }, () => least.get(heap.pop())!);
    assert.deepEqual(keys, [...least.values()].sort((a, b) => a - b));
  }));
  heap.push(3, 1);
  heap.clear();
  assert.equal(heap.size, 0);
});

Deno.test("normal quantile and share are inverse; ranks share ties", () => {
  for (const u of [1e-6, 0.001, 0.02, 0.3, 0.5, 0.9, 0.9999]) {
    assert(Math.abs(normalShareBelow(normalQuantile(u)) - u) < 2e-7);
  }
  assert.deepEqual([...uniformRanks([5, 1, 5, 9])], [0.5, 0.125, 0.5, 0.875]);
});
