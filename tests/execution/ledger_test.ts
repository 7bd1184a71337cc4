import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { DAY_MS, HOUR_MS, LensError, RefusedError } from "../../lib/core/mod.ts";
import { LEDGER_STEPS } from "../../lib/execution/ledger_schema.ts";
import { KillSwitch, LEDGER_NAME, SpendingLedger } from "../../lib/execution/mod.ts";
import { migrate } from "../../lib/store/mod.ts";
import type { ReservingOrder } from "./reserving_worker.ts";
import { suggestionOf } from "./suggestions.ts";

const LIMITS = { budgetSatPerDay: 10, maxFeeSat: 10, maxFeePpm: 1000 };

function reservation(paymentHash: string, reservedMsat: number) {
  const what = { suggestionId: "s", amountMsat: 1e6, invoiceExpiresMs: 0, byRoute: false };
  return { paymentHash, reservedMsat, ...what };
}

async function inFolder(work: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("SpendingLedger keeps everything over a restart", () =>
  inFolder((folder) => {
    const first = SpendingLedger.open(folder);
    assert.ok(first.begin(suggestionOf("s", 0), 5));
    assert.equal(first.reserve(reservation("a", 4000), LIMITS, 10), undefined);
    assert.equal(first.reserve(reservation("b", 3000), LIMITS, 11), undefined);
    first.settle("a", { amountMsat: 1e6, feeMsat: 2500 }, 20);
    first.close();
    const second = SpendingLedger.open(folder);
    assert.ok(!second.begin(suggestionOf("s", 0), 6));
    assert.deepEqual(second.spending(30), { settledMsat: 2500, reservedMsat: 3000 });
    assert.deepEqual(second.open().map((attempt) => attempt.paymentHash), ["b"]);
    assert.deepEqual(second.unfinished().map((e) => e.suggestion.id), ["s"]);
    second.close();
  }));

Deno.test("SpendingLedger counts settled fees for 24 hours, what is set aside for ever, and the future too", () =>
  inFolder((folder) => {
    const ledger = SpendingLedger.open(folder);
    ledger.begin(suggestionOf("s", 0), 0);
    ledger.reserve(reservation("a", 6000), LIMITS, HOUR_MS);
    assert.match(ledger.reserve(reservation("b", 5000), LIMITS, 100 * DAY_MS)!, /4 sat left/);
    ledger.settle("a", { amountMsat: 1e6, feeMsat: 6000 }, 100 * DAY_MS);
    assert.match(ledger.reserve(reservation("b", 5000), LIMITS, 101 * DAY_MS - 1)!, /4 sat left/);
    // By a clock that was ahead.
    assert.match(ledger.reserve(reservation("b", 5000), LIMITS, 50 * DAY_MS)!, /4 sat left/);
    assert.equal(ledger.reserve(reservation("b", 5000), LIMITS, 101 * DAY_MS), undefined);
    ledger.close();
  }));

Deno.test("SpendingLedger books an end once", () =>
  inFolder((folder) => {
    const ledger = SpendingLedger.open(folder);
    ledger.begin(suggestionOf("s", 0), 0);
    ledger.reserve(reservation("a", 6000), LIMITS, 0);
    ledger.settle("a", { amountMsat: 1e6, feeMsat: 1000 }, 1);
    ledger.fail("a", "late news", 2);
    ledger.settle("a", { amountMsat: 1e6, feeMsat: 3000 }, 3);
    assert.deepEqual(ledger.spending(4), { settledMsat: 1000, reservedMsat: 0 });
    assert.throws(() => ledger.reserve(reservation("a", 1), LIMITS, 5), /UNIQUE/);
    ledger.close();
  }));

Deno.test("SpendingLedger counts what was paid after all, and refuses what is no number", () =>
  inFolder((folder) => {
    const ledger = SpendingLedger.open(folder);
    ledger.begin(suggestionOf("s", 0), 0);
    ledger.reserve(reservation("a", 6000), LIMITS, 0);
    ledger.fail("a", "never sent", 1);
    ledger.settle("a", { amountMsat: 1e6, feeMsat: 5000 }, 2);
    assert.deepEqual(ledger.spending(3), { settledMsat: 5000, reservedMsat: 0 });
    assert.deepEqual(ledger.attemptsOf("s").map((a) => [a.state, a.reason]), [
      ["settled", undefined],
    ]);
    assert.match(ledger.reserve(reservation("b", NaN), LIMITS, 4)!, /5 sat left/);
    const noBudget = { ...LIMITS, budgetSatPerDay: NaN };
    assert.ok(ledger.reserve(reservation("b", 1), noBudget, 4) !== undefined);
    ledger.close();
  }));

Deno.test("SpendingLedger keeps what a payment moved instead of what it could have", () =>
  inFolder((folder) => {
    const ledger = SpendingLedger.open(folder);
    ledger.begin(suggestionOf("s", 0), 0);
    ledger.reserve({ ...reservation("a", 6000), byRoute: true }, LIMITS, 0);
    assert.deepEqual(ledger.open().map(({ byRoute, amountMsat }) => [byRoute, amountMsat]), [
      [true, 1e6],
    ]);
    ledger.settle("a", { amountMsat: 25e4, feeMsat: 1500 }, 1);
    assert.deepEqual(ledger.attemptsOf("s").map((a) => [a.amountMsat, a.feeMsat]), [[25e4, 1500]]);
    ledger.close();
  }));

Deno.test("SpendingLedger takes over a ledger of the first version", () =>
  inFolder((folder) => {
    const db = new DatabaseSync(`${folder}/${LEDGER_NAME}`);
    migrate(db, "ledger", LEDGER_STEPS.slice(0, 1));
    db.exec(`insert into executions (suggestion_id, begun_ms, suggestion) values ('s', 0, '{}');
      insert into attempts (payment_hash, suggestion_id, amount_msat, reserved_ms, reserved_msat,
        invoice_expires_ms, state) values ('a', 's', 5, 0, 7, 0, 'reserved')`);
    db.close();
    const ledger = SpendingLedger.open(folder);
    const [{ paymentHash, byRoute, reservedMsat }] = ledger.open();
    assert.deepEqual([paymentHash, byRoute, reservedMsat], ["a", false, 7]);
    ledger.close();
  }));

Deno.test("two SpendingLedgers of one folder share the budget", () =>
  inFolder((folder) => {
    const one = SpendingLedger.open(folder), two = SpendingLedger.open(folder);
    one.begin(suggestionOf("s", 0), 0);
    assert.ok(!two.begin(suggestionOf("s", 0), 0));
    assert.equal(one.reserve(reservation("a", 6000), LIMITS, 0), undefined);
    assert.match(two.reserve(reservation("b", 6000), LIMITS, 0)!, /4 sat left/);
    one.close();
    two.close();
  }));

Deno.test("SpendingLedgers of programs that run at once never set more aside than the budget", async () => {
  const folder = await Deno.makeTempDir(), budgetSat = 60;
  SpendingLedger.open(folder).close();
  const workers = ["a", "b", "c"].map((name) => {
    const worker = new Worker(new URL("./reserving_worker.ts", import.meta.url), {
      type: "module",
    });
    return { name, worker, count: Promise.withResolvers<number>() };
  });
  for (const { name, worker, count } of workers) {
    worker.onmessage = ({ data }: MessageEvent<number>) => count.resolve(data);
    worker.onerror = ({ message }) => count.reject(new Error(message));
    worker.postMessage({ folder, name, budgetSat } satisfies ReservingOrder);
  }
  const counts = await Promise.all(workers.map(({ count }) => count.promise));
  for (const { worker } of workers) worker.terminate();
  const ledger = SpendingLedger.open(folder);
  assert.equal(counts.reduce((sum, count) => sum + count, 0), budgetSat);
  assert.equal(ledger.spending(0).reservedMsat, budgetSat * 1000);
  ledger.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("SpendingLedger says what it can't open", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/${LEDGER_NAME}`, "no database ".repeat(100));
    assert.throws(() => SpendingLedger.open(folder), LensError);
  }));

Deno.test("SpendingLedger takes none for new that has lost what was spent", () =>
  inFolder((folder) => {
    const path = `${folder}/${LEDGER_NAME}`;
    const ledger = SpendingLedger.open(folder);
    for (let i = 0; i < 200; i++) ledger.begin(suggestionOf(`suggestion ${i}`, 0), 0);
    ledger.close();
    const { size } = Deno.statSync(path);
    for (const [left, what] of [[size - 4096, /damaged|malformed/], [0, /is empty/]] as const) {
      Deno.truncateSync(path, left);
      assert.throws(
        () => SpendingLedger.open(folder),
        (error) => error instanceof LensError && what.test(error.message),
      );
    }
    assert.throws(() => SpendingLedger.open(folder), RefusedError);
    Deno.removeSync(path);
    SpendingLedger.open(folder).close();
  }));

Deno.test("KillSwitch is a file that anybody may make", () =>
  inFolder((folder) => {
    const killSwitch = new KillSwitch(folder);
    assert.ok(!killSwitch.engaged);
    Deno.writeTextFileSync(killSwitch.path, "");
    assert.ok(killSwitch.engaged);
    killSwitch.release();
    killSwitch.release();
    assert.ok(!killSwitch.engaged);
    killSwitch.engage();
    assert.ok(new KillSwitch(folder).engaged);
    // What can't be looked at counts as engaged.
    assert.ok(new KillSwitch(killSwitch.path).engaged);
  }));
