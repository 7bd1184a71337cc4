import assert from "node:assert/strict";
import fc from "fast-check";
import { EventQueue } from "../../lib/simulation/htlc/event_queue.ts";

/** The naive twin: a list that is searched. */
class NaiveQueue {
  readonly events: { timeMs: number; order: number; kind: number; a: number; b: number }[] = [];
  #order = 0;
  push(timeMs: number, kind: number, a: number, b: number) {
    this.events.push({ timeMs, order: this.#order++, kind, a, b });
  }
  take() {
    this.events.sort((x, y) => x.timeMs - y.timeMs || x.order - y.order);
    return this.events.shift()!;
  }
}

Deno.test("EventQueue takes what its naive twin takes, first come first served at equal times", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 30 }) },
    { weight: 2, arbitrary: fc.constant("take" as const) },
    { weight: 1, arbitrary: fc.constant("save" as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1500 }), (steps) => {
      let queue = new EventQueue();
      const naive = new NaiveQueue();
      const take = () => {
        assert.equal(queue.nextMs, Math.min(Infinity, ...naive.events.map((e) => e.timeMs)));
        if (queue.size === 0) return;
        const timeMs = queue.take(), twin = naive.take();
        const { kind, a, b } = queue;
        assert.deepEqual({ timeMs, kind, a, b }, {
          timeMs: twin.timeMs,
          kind: twin.kind,
          a: twin.a,
          b: twin.b,
        });
      };
      steps.forEach((next, i) => {
        if (next === "take") take();
        else if (next === "save") {
          const other = new EventQueue();
          other.push(5, 5, 5, 5);
          other.load(queue.save());
          queue = other;
        } else {
          queue.push(next, i % 3, i, -1 - i);
          naive.push(next, i % 3, i, -1 - i);
        }
      });
      while (queue.size > 0) take();
      assert.equal(naive.events.length, 0);
    }),
    { numRuns: 60 },
  );
});
