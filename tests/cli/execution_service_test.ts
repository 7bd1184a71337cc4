import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { closeLogging, ManualClock, RecentLog, setUpLogging } from "../../lib/core/mod.ts";
import { carryOutPlans } from "../../lib/cli/execution_service.ts";
import { SpendingLedger } from "../../lib/execution/mod.ts";
import type { Plan } from "../../lib/planning/mod.ts";
import type { Suggestion } from "../../lib/protocol/mod.ts";
import { suggestionOf } from "../execution/suggestions.ts";

function planOf(timeMs: number, suggestions: Suggestion[]): Plan {
  return { timeMs, suggestions, decisions: [], bases: [] };
}

Deno.test("carryOutPlans passes over plans that were made before the results of the last one", async () => {
  const ledger = new SpendingLedger(new DatabaseSync(":memory:"));
  const stop = new AbortController();
  const done: string[] = [];
  // Of before the start: what happened since then is not in it.
  let plan = planOf(0, [suggestionOf("ancient", 9)]);
  const first = [suggestionOf("a", 9), { ...suggestionOf("b", 9), expectedGainMsat: 1e9 }];
  let replans = 0;
  const { killSwitch, recovered } = { killSwitch: { engaged: false }, recovered: { open: 0 } };
  await carryOutPlans({
    executor: {
      recover: () => Promise.resolve({ ...recovered, settled: 0, failed: 0 }),
      execute: (suggestion) => {
        done.push(suggestion.id);
        // Something happened meanwhile, and a plan was made that has not heard of this result.
        plan = planOf(2, [suggestionOf("stale", 9)]);
        const { id, node, sourceChannel, targetChannel } = suggestion;
        const moved = { amountMsat: 1, feeMsat: 0, attempts: 1, channels: [] };
        return Promise.resolve({
          ...{ id, node, sourceChannel, targetChannel },
          status: "applied" as const,
          ...moved,
        });
      },
    },
    ledger,
    killSwitch,
    limits: { budgetSatPerDay: 1, maxFeeSat: 1, maxFeePpm: 1 },
    clock: {
      nowMs: () => 0,
      sleep: () => {
        if (done.length >= 3 || replans > 5) stop.abort();
        return Promise.resolve();
      },
    },
    plan: () => plan,
    planAnew: () => {
      replans++;
      const next = [first, [suggestionOf("fresh", 9)]][replans - 1] ?? [];
      plan = planOf(replans === 1 ? 1 : 3, next);
      return Promise.resolve();
    },
  }, stop.signal);
  assert.deepEqual(done, ["b", "a", "fresh"]);
  ledger.close();
});

Deno.test("carryOutPlans begins nothing while the kill switch is engaged or a payment is open", async () => {
  for (const hindrance of ["kill switch", "open payment"]) {
    const stop = new AbortController();
    const clock = new ManualClock();
    let executed = 0, looks = 0;
    await carryOutPlans({
      executor: {
        recover: () => Promise.resolve({ settled: 0, failed: 0, open: 1 }),
        execute: () => {
          executed++;
          return Promise.reject(new Error("not to be called"));
        },
      },
      ledger: new SpendingLedger(new DatabaseSync(":memory:")),
      killSwitch: { engaged: hindrance === "kill switch" },
      limits: { budgetSatPerDay: 1, maxFeeSat: 1, maxFeePpm: 1 },
      clock: {
        nowMs: () => clock.nowMs(),
        sleep: () => {
          if (++looks === 3) stop.abort();
          return Promise.resolve();
        },
      },
      plan: () => planOf(looks, [suggestionOf("a", 9)]),
      planAnew: () => Promise.resolve(),
    }, stop.signal);
    assert.equal(executed, 0, hindrance);
  }
});

Deno.test("carryOutPlans passes over what the budget does not hold, and makes no plan anew for refusals", async () => {
  const ledger = new SpendingLedger(new DatabaseSync(":memory:"));
  const stop = new AbortController();
  const tried: string[] = [];
  let looks = 0, replans = 0;
  const recent = new RecentLog();
  await setUpLogging({ verbose: false, quiet: true, recent });
  await carryOutPlans({
    executor: {
      recover: () => Promise.resolve({ settled: 0, failed: 0, open: 0 }),
      execute: ({ id, node, sourceChannel, targetChannel }) => {
        tried.push(id);
        const nothing = { amountMsat: 0, feeMsat: 0, attempts: 0, channels: [] };
        const ends = { id, node, sourceChannel, targetChannel };
        return Promise.resolve({ ...ends, status: "refused" as const, ...nothing });
      },
    },
    ledger,
    killSwitch: { engaged: false },
    // Each suggestion may cost 80 sat by its own limit.
    limits: { budgetSatPerDay: 50, maxFeeSat: 100, maxFeePpm: 1000 },
    clock: {
      nowMs: () => 0,
      sleep: () => {
        if (++looks === 4) stop.abort();
        return Promise.resolve();
      },
    },
    // A new plan whenever one is looked for; the last two have nothing that the budget holds.
    plan: () => {
      const cheap = { ...suggestionOf(`cheap ${looks}`, 9), feeLimitMsat: 1 };
      return planOf(looks, [suggestionOf(`dear ${looks}`, 9), ...(looks < 2 ? [cheap] : [])]);
    },
    planAnew: () => Promise.resolve(replans++),
  }, stop.signal);
  await closeLogging();
  assert.deepEqual([tried, replans], [["cheap 0", "cheap 1"], 1], "one plan anew, at the start");
  const waits = recent.list("warning", 9).map(({ text }) => text);
  assert.equal(waits.length, 3, "not told again for the fourth plan");
  assert.match(waits[0], /^rebalances wait: the budget of 50 sat in 24 hours has 50 sat left/);
  ledger.close();
});
