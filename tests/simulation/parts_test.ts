import assert from "node:assert/strict";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/mod.ts";
import { createRouter } from "../../lib/network/mod.ts";
import { Machine } from "../../lib/simulation/htlc/machine.ts";
import {
  Payer,
  type PayerOptions,
  type PaymentResult,
} from "../../lib/simulation/traffic/payer.ts";
import { balancesOf, networkOf } from "./helpers.ts";

/**
 * s pays r over a or b, each of which holds so much on its way to r, a second a step. Both would
 * do by what s knows.
 */
function twoWays(balanceAR: number, balanceBR: number, options: Partial<PayerOptions>) {
  const network = networkOf(
    ["s", "a", 0, 0, 900_000],
    ["a", "r", 100, 0, balanceAR],
    ["s", "b", 0, 0, 900_000],
    ["b", "r", 900, 0, balanceBR],
  );
  const balances = balancesOf(network);
  const machine = new Machine(network, balances, { latency: { medianMs: SECOND_MS, sdLog: 0 } });
  const results: PaymentResult[] = [];
  const payer = new Payer({
    machine,
    makeRouter: () => createRouter("prior", network),
    onResult: (_, result) => results.push(result),
  }, options);
  const pay = (amountSat: number) =>
    payer.pay({
      timeMs: machine.nowMs,
      sender: network.nodeOf("s")!,
      receiver: network.nodeOf("r")!,
      amountMsat: amountSat * 1000,
    });
  /** What r has now over what it had. */
  const first = [...balances.balanceMsat];
  const arrivedMsat = () =>
    network.directionsFrom(network.nodeOf("r")!)
      .reduce((sum, d) => sum + balances.balanceMsat[d] - first[d], 0);
  const check = () => (balances.check(), machine.engine.check());
  return { machine, balances, payer, results, pay, arrivedMsat, check, first };
}

Deno.test("Payer: parts are held until all are there, then all settle", () => {
  const { machine, results, pay, arrivedMsat, check, payer } = twoWays(900_000, 900_000, {
    maxParts: 4,
  });
  pay(1_200_000);
  // Halves go out at once and are there after two steps.
  for (let second = 1; second <= 2; second++) {
    machine.runUntil(second * SECOND_MS);
    check();
    assert.equal(arrivedMsat(), 0);
    assert.equal(payer.pending, 1);
  }
  machine.runUntil(4 * SECOND_MS);
  check();
  assert.equal(arrivedMsat(), 1_200_000_000);
  const [result] = results;
  assert(result.success);
  assert.equal(result.routes.length, 2);
  assert.equal(result.durationMs, 4 * SECOND_MS);
  assert.equal(payer.pending, 0);
});

Deno.test("Payer: a part that fails is tried anew while the others are held", () => {
  // The half over b fails there; quarters of it find their way over a.
  const { machine, results, pay, arrivedMsat, check } = twoWays(900_000, 400_000, { maxParts: 6 });
  pay(1_100_000);
  machine.runUntil(3 * SECOND_MS);
  check();
  assert.equal(arrivedMsat(), 0);
  assert.equal(results.length, 0);
  machine.runUntil(MINUTE_MS);
  check();
  const [result] = results;
  assert(result.success, JSON.stringify(result));
  assert(result.attempts > result.routes.length);
  assert(result.routes.length > 2);
  assert.equal(arrivedMsat(), 1_100_000_000);
});

Deno.test("Payer: with all parts out, the one that fails goes by another way as it is", () => {
  const network = networkOf(
    ["s", "a", 0, 0, 500_000],
    ["a", "r", 100, 0, 900_000],
    ["s", "b", 0, 0, 400_000],
    ["b", "r", 900, 0, 100_000],
    ["b", "c", 950, 0, 900_000],
    ["c", "r", 950, 0, 900_000],
  );
  const balances = balancesOf(network);
  const machine = new Machine(network, balances, { latency: { medianMs: SECOND_MS, sdLog: 0 } });
  const results: PaymentResult[] = [];
  const payer = new Payer({
    machine,
    makeRouter: () => createRouter("prior", network),
    onResult: (_, result) => results.push(result),
  }, { maxParts: 2 });
  payer.pay({ timeMs: 0, sender: 0, receiver: 2, amountMsat: 700_000_000 });
  machine.runUntil(MINUTE_MS);
  machine.engine.check();
  const [result] = results;
  assert(result.success, JSON.stringify(result));
  assert.deepEqual(result.routes.map((route) => route.directions.length).sort(), [2, 3]);
  assert.equal(result.attempts, 3);
});

Deno.test("Payer: the receiver gives parts back after their time, and nothing has moved", () => {
  const { machine, balances, results, pay, check, first } = twoWays(900_000, 10_000, {
    maxParts: 4,
  });
  pay(1_200_000);
  machine.runUntil(50 * SECOND_MS);
  check();
  // s gave up within seconds, but r holds what came for a minute.
  assert.equal(results.length, 0);
  assert(balances.inFlightMsat.some((msat) => msat > 0));
  machine.runUntil(2 * MINUTE_MS);
  check();
  const [result] = results;
  assert(!result.success);
  assert(result.durationMs > MINUTE_MS && result.durationMs < 70 * SECOND_MS);
  assert.deepEqual([...balances.balanceMsat], first);
});

Deno.test("Payer stops after so many attempts and after so long", () => {
  const few = twoWays(10_000, 10_000, { maxAttempts: 1 });
  few.pay(500_000);
  few.machine.runUntil(HOUR_MS);
  const late = twoWays(10_000, 900_000, { timeoutMs: 1500 });
  late.pay(500_000);
  late.machine.runUntil(HOUR_MS);
  const enough = twoWays(10_000, 900_000, { timeoutMs: 2500 });
  enough.pay(500_000);
  enough.machine.runUntil(HOUR_MS);
  const ends = [few, late, enough].map(({ results: [result] }) =>
    [result.attempts, result.success || result.failureReason] as const
  );
  assert.deepEqual(ends, [[1, "too_many_attempts"], [1, "out_of_time"], [2, true]]);
});

Deno.test("Payer: who is away sends nothing, and an HTLC that is stuck keeps its payment waiting", () => {
  const { machine, payer, results, pay, check } = twoWays(900_000, 900_000, {});
  machine.takeOffline(0, MINUTE_MS);
  pay(1000);
  assert(!results[0].success && results[0].failureReason === "sender_offline");
  machine.runUntil(MINUTE_MS);
  pay(100_000);
  machine.runUntil(MINUTE_MS + 1500);
  // r goes away before the HTLC gets there.
  machine.takeOffline(machine.network.nodeOf("r")!, HOUR_MS);
  machine.runUntil(MINUTE_MS + 30 * MINUTE_MS);
  check();
  assert.deepEqual([results.length, payer.pending], [1, 1]);
  machine.runUntil(2 * HOUR_MS);
  check();
  assert(results[1].success);
  assert(results[1].durationMs > HOUR_MS);
});
