import assert from "node:assert/strict";
import fc from "fast-check";
import { HOUR_MS } from "../../lib/core/mod.ts";
import {
  LiquidityBounds,
  LiquidityMemory,
  LiquidityPrior,
  MEMORY_DEFAULTS,
} from "../../lib/network/mod.ts";
import { smallNetwork } from "./helpers.ts";

const NETWORK = smallNetwork("a-b:1/1", "b-c:1/1", "c-d:1/1", "d-a:1/1");
const CAPACITY_MSAT = 1e9;

function chance(memory: LiquidityMemory, direction: number, amountMsat: number, nowMs: number) {
  const bounds = new LiquidityBounds(NETWORK);
  memory.recall(bounds, nowMs);
  return bounds.probability(direction, amountMsat);
}

Deno.test("LiquidityMemory is sure at first and forgets by halves", () => {
  const memory = new LiquidityMemory(NETWORK);
  memory.learnFailure(0, 4e8, 0);
  memory.learnSuccess(2, 4e8, 0);
  const unknown = chance(new LiquidityMemory(NETWORK), 0, 4e8, 0);
  assert.equal(chance(memory, 0, 4e8, 0), 0);
  assert.equal(chance(memory, 2, 4e8, 0), 1);
  let [failed, held] = [0, 1];
  for (const halfLives of [1, 2, 4]) {
    const nowMs = halfLives * MEMORY_DEFAULTS.halfLifeMs;
    const [laterFailed, laterHeld] = [chance(memory, 0, 4e8, nowMs), chance(memory, 2, 4e8, nowMs)];
    assert.ok(laterFailed > failed && laterFailed < unknown, `failed: ${laterFailed}`);
    assert.ok(laterHeld < held && laterHeld > unknown, `held: ${laterHeld}`);
    [failed, held] = [laterFailed, laterHeld];
  }
  memory.recall(new LiquidityBounds(NETWORK), 100 * HOUR_MS);
  assert.equal(memory.size, 0, "what says nothing any more is forgotten");
});

Deno.test("LiquidityMemory.learnMove: what went can come back, and less is left", () => {
  const memory = new LiquidityMemory(NETWORK);
  memory.learnMove(0, 3e8, 0);
  assert.equal(chance(memory, 1, 3e8, 0), 1);
  assert.equal(chance(memory, 0, 8e8, 0), 0);
});

Deno.test("LiquidityMemory.learnAttempt teaches about others' channels only", () => {
  const memory = new LiquidityMemory(NETWORK);
  const route = {
    directions: [0, 2, 4, 6],
    amountsMsat: [5e8 + 3, 5e8 + 2, 5e8 + 1, 5e8],
    feeMsat: 3,
    probability: 0.5,
  };
  memory.learnAttempt(route, { settled: false, failedHop: 2 }, 0);
  assert.equal(memory.size, 2);
  assert.equal(chance(memory, 2, 5e8 + 2, 0), 1);
  assert.equal(chance(memory, 4, 5e8 + 1, 0), 0);
  assert.ok(chance(memory, 4, 1e8, 0) > 0);
  memory.learnAttempt(route, { settled: false, failedHop: 2, down: true }, 0);
  assert.equal(chance(memory, 4, 1e8, 0), 0);
  for (const failedHop of [0, 3, undefined]) {
    const other = new LiquidityMemory(NETWORK);
    other.learnAttempt(route, { settled: false, failedHop }, 0);
    assert.equal(chance(other, 0, 5e8, 0), chance(other, 6, 5e8, 0), "own ends are not kept");
  }
});

Deno.test("LiquidityMemory learns of nodes: who could not be reached by one channel is less likely by another", () => {
  const prior = new LiquidityPrior(NETWORK);
  const boundsOf = (memory: LiquidityMemory, nowMs: number) => {
    const bounds = new LiquidityBounds(NETWORK, prior);
    memory.recall(bounds, nowMs);
    return bounds;
  };
  const memory = new LiquidityMemory(NETWORK, prior);
  // b -> c -> d with a channel of the node itself on either side; d can't be reached from c.
  const route = {
    directions: [0, 2, 4, 6],
    amountsMsat: [5e8, 5e8, 5e8, 5e8],
    feeMsat: 0,
    probability: 0.5,
  };
  const [intoD, outOfC, intoC] = [7, 3, 2];
  const unknown = boundsOf(memory, 0).probability(intoD, 5e8);
  memory.learnAttempt(route, { settled: false, failedHop: 2 }, 0);
  const after = boundsOf(memory, 0);
  assert.ok(after.probability(intoD, 5e8) < unknown);
  assert.ok(after.probability(outOfC, 5e8) < unknown);
  assert.equal(after.probability(intoC, 5e8), 1);
  const later = boundsOf(memory, MEMORY_DEFAULTS.nodeHalfLifeMs).probability(intoD, 5e8);
  assert.ok(later > after.probability(intoD, 5e8) && later < unknown, "it fades");
  const copy = new LiquidityMemory(NETWORK, prior);
  copy.restore(memory.snapshot());
  assert.equal(boundsOf(copy, 0).probability(intoD, 5e8), after.probability(intoD, 5e8));
  const down = new LiquidityMemory(NETWORK, prior);
  down.learnAttempt(route, { settled: false, failedHop: 2, down: true }, 0);
  assert.ok(
    boundsOf(down, 0).probability(intoD, 5e8) > after.probability(intoD, 5e8),
    "that a channel is off says nothing of others",
  );
});

Deno.test("LiquidityMemory keeps at most so many directions", () => {
  const memory = new LiquidityMemory(NETWORK, undefined, { most: 3 });
  for (let direction = 0; direction < 8; direction++) memory.learnFailure(direction, 1e6, 0);
  assert.equal(memory.size, 3);
  assert.equal(chance(memory, 7, 1e6, 0), 0);
});

Deno.test("LiquidityMemory: bounds never cross, whatever was learned", () => {
  const lesson = fc.record({
    kind: fc.constantFrom("learnFailure" as const, "learnSuccess" as const, "learnMove" as const),
    direction: fc.nat(3),
    amountMsat: fc.integer({ min: 1, max: CAPACITY_MSAT }),
    afterMs: fc.nat(HOUR_MS),
  });
  fc.assert(
    fc.property(fc.array(lesson, { maxLength: 30 }), (lessons) => {
      const memory = new LiquidityMemory(NETWORK);
      let nowMs = 0;
      for (const { kind, direction, amountMsat, afterMs } of lessons) {
        nowMs += afterMs;
        memory[kind](direction, amountMsat, nowMs);
      }
      const bounds = new LiquidityBounds(NETWORK);
      memory.recall(bounds, nowMs);
      for (let direction = 0; direction < 4; direction++) {
        assert.ok(bounds.heldMsat(direction) < bounds.failedMsat(direction));
        let last = 1;
        for (let amountMsat = 1; amountMsat <= CAPACITY_MSAT; amountMsat += CAPACITY_MSAT / 10) {
          const now = bounds.probability(direction, amountMsat);
          assert.ok(now >= 0 && now <= last);
          last = now;
        }
      }
    }),
    { seed: 3 },
  );
});
