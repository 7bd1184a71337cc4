import assert from "node:assert/strict";
import {
  LiquidityBounds,
  LiquidityMemory,
  LiquidityPrior,
  memoryInNames,
  rememberNames,
} from "../../lib/network/mod.ts";
import { smallNetwork } from "./helpers.ts";

Deno.test("rememberNames carries what was learned over to a graph with other numbers", () => {
  const before = smallNetwork("a-b:1/1", "b-c:1/1", "c-d:1/1");
  const after = smallNetwork("x-y:1/1", "d-c:1/1", "a-b:1/1");
  const memory = new LiquidityMemory(before, new LiquidityPrior(before));
  const route = { directions: [0, 2, 4], amountsMsat: [5e8, 5e8, 5e8], feeMsat: 0, probability: 1 };
  memory.learnFailure(before.directionFrom(0, 0)!, 4e8, 7);
  memory.learnSuccess(1, 3e8, 7);
  memory.learnAttempt(route, { settled: false, failedHop: 1 }, 7);
  const moved = new LiquidityMemory(after, new LiquidityPrior(after));
  rememberNames(moved, JSON.parse(JSON.stringify(memoryInNames(memory))));
  const bounds = new LiquidityBounds(after, moved.prior);
  moved.recall(bounds, 7);
  const out = after.directionFrom(after.nodeOf("a")!, after.channelOf("ab")!)!;
  assert.equal(bounds.failedMsat(out), 4e8);
  assert.equal(bounds.heldMsat(out ^ 1), 3e8);
  // b-c is gone; that c could not be reached is kept.
  assert.deepEqual(moved.snapshot().nodes.map(([node]) => after.nodeIds[node]).sort(), ["b", "c"]);
  assert.equal(moved.size, 2);
  rememberNames(moved, memoryInNames(new LiquidityMemory(before)));
  assert.deepEqual(moved.snapshot(), { bounds: [], nodes: [] });
});
