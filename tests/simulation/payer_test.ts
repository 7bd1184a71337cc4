import assert from "node:assert/strict";
import fc from "fast-check";
import { HOUR_MS, seededRng } from "../../lib/core/mod.ts";
import { generateNetwork, initialBalances } from "../../lib/network/mod.ts";
import type { HopOutcome } from "../../lib/simulation/mod.ts";
import { balancesOf, networkOf } from "./helpers.ts";
import { InstantPayer } from "./instant_payer.ts";

/** s pays r over a (cheap) or b (dear). */
function diamond(balanceAR: number) {
  const network = networkOf(
    ["s", "a", 0, 0, 900_000],
    ["a", "r", 100, 0, balanceAR],
    ["s", "b", 0, 0, 900_000],
    ["b", "r", 900, 0, 900_000],
  );
  const balances = balancesOf(network);
  const hops: HopOutcome[] = [];
  const payer = new InstantPayer(balances, { onHop: (hop) => hops.push(hop) });
  const pay = (change = {}) =>
    payer.pay({
      timeMs: 0,
      sender: network.nodeOf("s")!,
      receiver: network.nodeOf("r")!,
      amountMsat: 100_000_000,
      ...change,
    });
  return { network, balances, hops, pay };
}

Deno.test("Payer moves the amount to the receiver and fees to those who forward", () => {
  const { network, balances, hops, pay } = diamond(500_000);
  const result = pay();
  assert.deepEqual([result.success, result.attempts, result.feeMsat], [true, 1, 10_000]);
  const owned = (node: string, channel: string) =>
    balances
      .balanceMsat[network.directionFrom(network.nodeOf(node)!, network.channelOf(channel)!)!];
  assert.equal(owned("s", "sa"), 800_000_000 - 10_000);
  assert.equal(owned("a", "sa"), 200_000_000 + 10_000);
  assert.equal(owned("a", "ar"), 400_000_000);
  assert.equal(owned("r", "ar"), 600_000_000);
  assert.equal(hops.length, 1);
  assert.deepEqual([hops[0].outcome, hops[0].inAmountMsat - hops[0].outAmountMsat], [
    "settled",
    10_000,
  ]);
  balances.check();
});

Deno.test("Payer takes another route after a failure and remembers it for hours", () => {
  const { hops, pay } = diamond(50_000);
  assert.deepEqual([pay().attempts, hops[0].outcome, hops[0].failureReason], [
    2,
    "failed_here",
    "insufficient_balance",
  ]);
  assert.equal(pay({ timeMs: HOUR_MS }).attempts, 1);
  assert.equal(pay({ timeMs: 10 * HOUR_MS }).attempts, 2);
  assert.equal(pay({ amountMsat: 10_000_000 }).attempts, 1);
});

Deno.test("Payer names why a payment fails, and nothing has moved then", () => {
  const { balances, pay } = diamond(50_000);
  const before = [...balances.balanceMsat];
  const reason = (change = {}) => {
    const result = pay(change);
    return result.success ? "settled" : result.failureReason;
  };
  assert.equal(reason({ amountMsat: 901_000_000 }), "no_funds");
  assert.equal(reason({ amountMsat: 900_000_001 }), "no_funds");
  assert.equal(reason({ amountMsat: 899_999_000 }), "no_route");
  assert.deepEqual([...balances.balanceMsat], before);
});

/** Amounts that no single channel carries; a reaches r with `balanceAR`, b with 900,000 sat. */
function inParts(balanceAR: number, amountSat: number, maxParts = 4) {
  const network = networkOf(
    ["s", "a", 0, 0, 900_000],
    ["a", "r", 100, 0, balanceAR],
    ["s", "b", 0, 0, 900_000],
    ["b", "r", 900, 0, 900_000],
  );
  const balances = balancesOf(network);
  const hops: HopOutcome[] = [];
  const payer = new InstantPayer(balances, {
    onHop: (hop) => hops.push(hop),
    payments: { maxParts },
  });
  const before = [...balances.balanceMsat];
  const result = payer.pay({
    timeMs: 0,
    sender: network.nodeOf("s")!,
    receiver: network.nodeOf("r")!,
    amountMsat: amountSat * 1000,
  });
  balances.check();
  assert(balances.inFlightMsat.every((msat) => msat === 0));
  const arrivedMsat = network.directionsFrom(network.nodeOf("r")!)
    .reduce((sum, d) => sum + balances.balanceMsat[d] - before[d], 0);
  return {
    result,
    hops,
    arrivedMsat,
    unmoved: before.every((b, d) => b === balances.balanceMsat[d]),
  };
}

Deno.test("Payer splits what no single route carries, and all of it arrives", () => {
  const { result, arrivedMsat } = inParts(900_000, 1_200_000);
  assert(result.success);
  assert(result.routes.length > 1 && result.routes.length <= 4);
  assert.equal(arrivedMsat, 1_200_000_000);
  assert.equal(result.feeMsat, result.routes.reduce((sum, route) => sum + route.feeMsat, 0));
  assert(result.feeMsat <= 12_000_000);
});

Deno.test("Payer in parts arrives whole or not at all", () => {
  const { result, hops, unmoved } = inParts(10_000, 1_200_000);
  assert.equal(result.success, false);
  assert(unmoved);
  assert(hops.some((hop) => hop.outcome === "failed_downstream"));
  assert(hops.every((hop) => hop.outcome !== "settled"));
  const single = inParts(900_000, 1_200_000, 1);
  assert(!single.result.success && single.result.failureReason === "no_funds");
  const two = inParts(900_000, 1_900_000);
  assert(!two.result.success && two.result.failureReason === "no_funds");
});

for (const maxParts of [1, 5]) {
  Deno.test(`Payer: payments in up to ${maxParts} parts make and lose nothing`, () => {
    const network = generateNetwork({ nodes: 40, rng: seededRng(2) });
    const intent = fc.record({
      sender: fc.nat(39),
      receiver: fc.nat(39),
      amountMsat: fc.integer({ min: 1, max: 2_000_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(intent, { maxLength: 60 }), (intents) => {
        const balances = initialBalances(network, seededRng(3));
        const earned = new Float64Array(network.nodeCount);
        const owned = () => {
          const sums = new Float64Array(network.nodeCount);
          network.source.forEach((node, d) => sums[node] += balances.balanceMsat[d]);
          return sums;
        };
        const before = owned();
        const payer = new InstantPayer(balances, {
          onHop: (hop) => {
            if (hop.outcome === "settled") earned[hop.node] += hop.inAmountMsat - hop.outAmountMsat;
          },
          payments: { maxParts },
        });
        for (const { sender, receiver, amountMsat } of intents) {
          if (sender === receiver) continue;
          const result = payer.pay({ timeMs: 0, sender, receiver, amountMsat });
          balances.check();
          assert(balances.inFlightMsat.every((msat) => msat === 0));
          if (!result.success) continue;
          before[sender] -= amountMsat + result.feeMsat;
          before[receiver] += amountMsat;
        }
        // What each node owns is what it had, less what it paid, plus what it got and earned.
        owned().forEach((msat, node) => assert.equal(msat, before[node] + earned[node]));
      }),
      { numRuns: 30 },
    );
  });
}
