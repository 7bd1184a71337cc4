import assert from "node:assert/strict";
import fc from "fast-check";
import { HOUR_MS } from "../../lib/core/mod.ts";
import {
  decayedDays,
  type FlowField,
  FlowMemory,
  HALF_LIVES_MS,
} from "../../lib/liquidity/flow_memory.ts";
import { HourRing } from "../../lib/liquidity/hour_ring.ts";
import { windowNeeds } from "../../lib/liquidity/mod.ts";

const step = fc.record({
  // Now and then nothing happens for up to two weeks: more than is remembered by the hour.
  afterMs: fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 0, max: 5 * HOUR_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 400 * HOUR_MS }) },
  ),
  direction: fc.constantFrom("out" as const, "in" as const),
  amountSat: fc.integer({ min: 1, max: 100_000 }),
  served: fc.boolean(),
});

type Part = (e: { direction: "out" | "in"; amountSat: number; served: boolean }) => number;

/** What an attempt whose fee is 3 msat adds to each field. */
const PARTS: Record<FlowField, Part> = {
  outSat: (e) => e.direction === "out" ? e.amountSat : 0,
  inSat: (e) => e.direction === "in" ? e.amountSat : 0,
  outCount: (e) => e.direction === "out" ? 1 : 0,
  inCount: (e) => e.direction === "in" ? 1 : 0,
  unservedSat: (e) => e.served ? 0 : e.amountSat,
  unservedCount: (e) => e.served ? 0 : 1,
  squareSat: (e) => e.amountSat ** 2,
  feeMsat: () => 3,
};

Deno.test("FlowMemory sums equal the sums over the whole history, in any order of arrival", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.nat(), (steps, seed) => {
      let timeMs = 1e12;
      const events = steps.map((s) => ({ ...s, timeMs: timeMs += s.afterMs }));
      const nowMs = timeMs + HOUR_MS;
      const mixed = [...events].sort((a, b) => (a.timeMs * seed) % 7 - (b.timeMs * seed) % 7);
      const memory = new FlowMemory();
      for (const e of mixed) memory.add(e.timeMs, { ...e, feeMsat: 3 });
      HALF_LIVES_MS.forEach((halfLifeMs, h) => {
        const weight = (t: number) => 2 ** (-(nowMs - t) / halfLifeMs);
        for (const [field, of] of Object.entries(PARTS) as [FlowField, Part][]) {
          const expected = events.reduce((sum, e) => sum + of(e) * weight(e.timeMs), 0);
          close(memory.sum(field, h, nowMs), expected);
        }
      });
    }),
  );
});

function close(actual: number, expected: number) {
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * (1 + Math.abs(expected)),
    `${actual} ${expected}`,
  );
}

Deno.test("FlowMemory.ratePerDay a steady flow reads the same after a day and after a month", () => {
  for (const days of [1, 30]) {
    const memory = new FlowMemory();
    for (let hour = 0; hour < days * 24; hour++) {
      memory.add((hour + 0.5) * HOUR_MS, {
        direction: "out",
        amountSat: 1000,
        feeMsat: 0,
        served: true,
      });
    }
    HALF_LIVES_MS.forEach((_, h) => {
      const rate = memory.ratePerDay("outSat", h, days * 24 * HOUR_MS, days * 24 * HOUR_MS);
      assert.ok(Math.abs(rate - 24_000) < 1500, `half-life ${h} after ${days} d: ${rate}`);
    });
  }
  assert.ok(decayedDays(4, 0) > 0);
});

Deno.test("HourRing needs of any window of whole hours equal a replay of its flows", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 168 }),
      fc.integer({ min: 0, max: 30 }),
      (steps, hours, skip) => {
        let timeMs = 400_000 * HOUR_MS;
        const events = steps.map((s) => ({ ...s, timeMs: timeMs += s.afterMs }));
        const ring = new HourRing();
        for (const e of events) {
          ring.add(e.timeMs, e.direction === "out" ? e.amountSat : -e.amountSat, 1);
        }
        const newest = Math.floor(timeMs / HOUR_MS);
        // Whole hours that end `skip` hours before the one under way, which is in when none is skipped.
        const last = newest - skip;
        const first = skip === 0 ? last - hours : last - hours + 1;
        if (first <= newest - 169) return;
        const inside = events.filter((e) => {
          const hour = Math.floor(e.timeMs / HOUR_MS);
          return hour >= first && hour <= last;
        });
        const expected = windowNeeds(
          inside.map((e) => ({ direction: e.direction, amountMsat: e.amountSat, feeMsat: 1 })),
        );
        assert.deepEqual(ring.needs(timeMs, hours, skip), {
          outboundSat: expected.outboundMsat,
          inboundSat: expected.inboundMsat,
          feesMsat: inside.length,
        });
      },
    ),
  );
});
