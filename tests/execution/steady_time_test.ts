import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/core/mod.ts";
import { SpendingLedger, SteadyTime } from "../../lib/execution/mod.ts";
import { suggestionOf } from "./suggestions.ts";

Deno.test("SteadyTime believes a clock that is right, slewed, or set back", () => {
  let elapsedMs = 5;
  const time = new SteadyTime(() => elapsedMs);
  assert.equal(time.at(1000), 1000);
  elapsedMs += DAY_MS;
  assert.equal(time.at(1000 + DAY_MS + 40_000), 1000 + DAY_MS + 40_000);
  assert.equal(time.at(7), 7);
});

Deno.test("SteadyTime counts what goes by for 24 hours after a clock was set forward, then believes it", () => {
  let elapsedMs = 0;
  const time = new SteadyTime(() => elapsedMs);
  time.at(0);
  elapsedMs = HOUR_MS;
  assert.equal(time.at(3 * DAY_MS + HOUR_MS), HOUR_MS);
  elapsedMs = DAY_MS;
  assert.equal(time.at(4 * DAY_MS), DAY_MS);
  elapsedMs = DAY_MS + HOUR_MS;
  assert.equal(time.at(4 * DAY_MS + HOUR_MS), 4 * DAY_MS + HOUR_MS);
});

Deno.test("SpendingLedger keeps to the budget in any 24 hours that go by, however the clock is set", () => {
  const step = fc.record({
    goneMs: fc.integer({ min: 1, max: 10 * HOUR_MS }),
    // What is set by less than a minute is not noticed.
    setMs: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      fc.integer({ min: 2 * MINUTE_MS, max: 3 * DAY_MS }),
      fc.integer({ min: -3 * DAY_MS, max: 0 }),
    ),
    feeMsat: fc.integer({ min: 0, max: 6000 }),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
    let elapsedMs = 0, wallMs = 100 * DAY_MS;
    const ledger = new SpendingLedger(
      new DatabaseSync(":memory:"),
      undefined,
      new SteadyTime(() => elapsedMs),
    );
    ledger.begin(suggestionOf("s", 0), wallMs);
    ledger.spending(wallMs);
    const spent: { timeMs: number; feeMsat: number }[] = [];
    steps.forEach(({ goneMs, setMs, feeMsat }, i) => {
      elapsedMs += goneMs;
      wallMs += goneMs + setMs;
      const paymentHash = String(i), amountMsat = 1e6;
      const refused = ledger.reserve(
        {
          ...{ paymentHash, suggestionId: "s", amountMsat, reservedMsat: feeMsat },
          ...{ invoiceExpiresMs: 0, byRoute: false },
        },
        { budgetSatPerDay: 10, maxFeeSat: 10, maxFeePpm: 1000 },
        wallMs,
      );
      if (refused !== undefined) return;
      ledger.settle(paymentHash, { amountMsat, feeMsat }, wallMs);
      spent.push({ timeMs: elapsedMs, feeMsat });
    });
    ledger.close();
    for (const { timeMs } of spent) {
      const dayMsat = spent.filter((s) => s.timeMs > timeMs - DAY_MS && s.timeMs <= timeMs)
        .reduce((sum, s) => sum + s.feeMsat, 0);
      assert.ok(dayMsat <= 10_000, `${dayMsat} msat in 24 hours`);
    }
  }));
});
