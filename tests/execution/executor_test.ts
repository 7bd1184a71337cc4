import assert from "node:assert/strict";
import { DAY_MS, RefusedError, UnreachableError } from "../../lib/core/mod.ts";
import { failed, type ObedientNode, settled, setUp, START } from "./obedient_node.ts";
import { suggestionOf } from "./suggestions.ts";

const suggestion = (id = "s") => suggestionOf(id, START + DAY_MS);

Deno.test("Executor pays once within the lowest of all fee limits and books what it cost", async () => {
  const { executor, node, ledger, results } = setUp({ maxFeePpm: 500 });
  const result = await executor.execute(suggestion());
  assert.deepEqual(
    [result.status, result.amountMsat, result.feeMsat, result.attempts, result.reason],
    ["applied", 100_000_000, 5000, 1, undefined],
  );
  assert.equal(node.paid[0].feeLimitMsat, 50_000); // 500 ppm of 100,000 sat
  assert.deepEqual([node.paid[0].sourceChannels, node.paid[0].targetPeer], [["source"], "bob"]);
  assert.deepEqual(ledger.spending(START), { settledMsat: 5000, reservedMsat: 0 });
  assert.deepEqual(results, [result]);
  assert.deepEqual(result.channels.map((c) => c.localBalanceSat), [4_900_000, 5_100_000]);
});

Deno.test("Executor keeps to the lowest limit, whichever of the three that is", async () => {
  const cases: [Parameters<typeof setUp>[0], number][] = [
    [{ maxFeeSat: 1000, maxFeePpm: 10_000 }, 80_000], // the suggestion's own
    [{ maxFeeSat: 30, maxFeePpm: 10_000 }, 30_000], // 20 are expected
    [{ maxFeeSat: 1000, maxFeePpm: 200 }, 20_000],
  ];
  for (const [limits, capMsat] of cases) {
    const { executor, node } = setUp(limits);
    await executor.execute(suggestion());
    assert.equal(node.paid[0].feeLimitMsat, capMsat);
  }
});

Deno.test("Executor moves as much as the limit in sat is expected to pay for", async () => {
  const { executor, node, ledger } = setUp({ maxFeeSat: 10, maxFeePpm: 10_000 });
  node.answer = (order) => settled(order, 9000);
  // 20 sat are expected for 100,000 sat; nine of the ten are planned for.
  const result = await executor.execute(suggestion());
  assert.deepEqual([result.status, result.amountMsat], ["applied", 45_000_000]);
  assert.deepEqual([node.paid[0].feeLimitMsat, node.paid.length], [10_000, 1]);
  assert.equal(ledger.execution("s")?.suggestion.amountMsat, 45_000_000);
});

Deno.test("Executor carries out no suggestion twice", async () => {
  const { executor, node } = setUp();
  await executor.execute(suggestion());
  const again = await executor.execute(suggestion());
  assert.deepEqual([again.status, again.reason], ["refused", "it was carried out before"]);
  assert.equal(node.paid.length, 1);
});

Deno.test("Executor halves the amount after failures, shares the fee limit out and forgets what failed", async () => {
  const { executor, node } = setUp();
  node.answer = (order) => order.invoice.amountMsat > 30_000_000 ? failed() : settled(order, 1000);
  const result = await executor.execute(suggestion());
  assert.deepEqual(node.paid.map((p) => p.invoice.amountMsat / 1e6), [100, 50, 25, 25, 25, 25]);
  assert.deepEqual(node.paid.map((p) => p.feeLimitMsat / 1000), [80, 40, 20, 20, 20, 20]);
  assert.deepEqual([result.status, result.amountMsat, result.feeMsat], [
    "applied",
    100_000_000,
    4000,
  ]);
  assert.deepEqual(node.forgotten, ["hash-1", "hash-2"]);
});

Deno.test("Executor gives up after its attempts and says why", async () => {
  const { executor, node, ledger } = setUp({ maxAttempts: 2 });
  node.answer = () => failed("no route within the fee limit");
  const result = await executor.execute(suggestion());
  assert.deepEqual([result.status, result.reason, result.attempts], [
    "failed",
    "no route within the fee limit",
    2,
  ]);
  assert.deepEqual(ledger.spending(START), { settledMsat: 0, reservedMsat: 0 });
});

Deno.test("Executor carries out one suggestion after the other, however many come at once", async () => {
  const { executor, node } = setUp();
  let underWay = 0, most = 0;
  node.rebalance = async (order) => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, 1));
    underWay--;
    return settled(order, 1000);
  };
  const results = await Promise.all(["a", "b", "c"].map((id) => executor.execute(suggestion(id))));
  assert.deepEqual([results.map(({ status }) => status), most], [Array(3).fill("applied"), 1]);
});

Deno.test("Executor stops at the budget", async () => {
  const { executor, node, ledger } = setUp({ budgetSatPerDay: 85 });
  node.answer = (order) => settled(order, order.feeLimitMsat);
  assert.equal((await executor.execute(suggestion("a"))).status, "applied");
  const second = await executor.execute(suggestion("b"));
  // Refused, not failed: it says nothing about the route, and may be carried out another day.
  assert.equal(second.status, "refused");
  assert.match(
    second.reason!,
    /budget of 85 sat in 24 hours has 5 sat left, 80 sat could be needed/,
  );
  assert.deepEqual([node.paid.length, node.invoices], [1, 1]);
  assert.equal(ledger.execution("b"), undefined);
});

Deno.test("Executor sends nothing while the kill switch is engaged, nor after it is under way", async () => {
  const { executor, node, killSwitch } = setUp();
  node.answer = () => {
    killSwitch.engaged = true;
    return failed();
  };
  const stopped = await executor.execute(suggestion("a"));
  assert.match(stopped.reason!, /kill switch/);
  assert.equal(node.paid.length, 1);
  assert.match((await executor.execute(suggestion("b"))).reason!, /kill switch/);
  assert.equal(node.paid.length, 1);
});

Deno.test("Executor looks at the kill switch once more between the invoice and the payment", async () => {
  const { executor, node, killSwitch, ledger } = setUp();
  const { createInvoice } = node;
  node.createInvoice = (request) => {
    killSwitch.engaged = true;
    return createInvoice.call(node, request);
  };
  const result = await executor.execute(suggestion());
  assert.match(result.reason!, /kill switch/);
  assert.deepEqual([node.invoices, node.paid], [1, []]);
  assert.deepEqual(ledger.spending(START), { settledMsat: 0, reservedMsat: 0 });
});

Deno.test("Executor sends nothing more for what was stopped, and goes on with the others", async () => {
  const { executor, node, stopped } = setUp();
  node.answer = () => {
    stopped.add("a");
    return failed();
  };
  const result = await executor.execute(suggestion("a"));
  assert.deepEqual([result.status, result.reason], ["failed", "stopped by the operator"]);
  assert.equal(node.paid.length, 1);
  node.answer = (order) => settled(order, 5000);
  assert.equal((await executor.execute(suggestion("b"))).status, "applied");
});

Deno.test("Executor looks at the operator's rules before each payment", async () => {
  let quiet = false;
  const { executor, node } = setUp({ forbids: () => quiet ? "quiet hours" : undefined });
  node.answer = () => {
    quiet = true;
    return failed();
  };
  const result = await executor.execute(suggestion());
  assert.deepEqual([result.reason, node.paid.length], ["quiet hours", 1]);
});

Deno.test("Executor tells what it sends before it does, and its end", async () => {
  const { executor, node, steps } = setUp();
  node.answer = (order) => order.invoice.amountMsat > 50_000_000 ? failed() : settled(order, 1000);
  await executor.execute(suggestion());
  assert.deepEqual(
    steps.map(({ underWay }) => underWay.map(({ amountMsat }) => amountMsat / 1e6)),
    [[100], [], [50], [], [50], []],
  );
  assert.deepEqual(steps[0].underWay[0].channels, [], "the node chooses the route");
});

Deno.test("Executor refuses what is expired, forbidden, closed, inactive or busy", async () => {
  const cases: [(set: ReturnType<typeof setUp>) => void, RegExp][] = [
    [({ clock }) => clock.advanceTo(START + 2 * DAY_MS), /expired 1 d ago/],
    [({ node }) => node.list.shift(), /source channel source is not open/],
    [({ node }) => node.list[1].active = false, /target channel is not active/],
    [({ node }) => node.list[0].pendingHtlcs = 21, /21 HTLCs under way/],
    [({ node }) => node.list[1].peer = "carol", /leads to another peer/],
    [({ node }) => node.channels = () => Promise.reject(new UnreachableError("gone")), /gone/],
  ];
  for (const [change, reason] of cases) {
    const set = setUp();
    change(set);
    const result = await set.executor.execute(suggestion());
    assert.equal(result.status, "refused");
    assert.match(result.reason!, reason);
    assert.equal(set.node.paid.length, 0);
    // It may be carried out later: it does not count as begun.
    assert.equal(set.ledger.execution("s"), undefined);
  }
  const { executor } = setUp({ forbids: () => "quiet hours until 08:00" });
  assert.equal((await executor.execute(suggestion())).reason, "quiet hours until 08:00");
});

Deno.test("Executor spends nothing new while a payment is in flight, and finds its end", async () => {
  const { executor, node, ledger, results } = setUp();
  node.answer = () => ({ status: "in_flight" });
  const first = await executor.execute(suggestion("a"));
  assert.match(first.reason!, /in flight/);
  node.tracked = () => ({ status: "in_flight" });
  assert.match((await executor.execute(suggestion("b"))).reason!, /still in flight/);
  assert.equal(ledger.spending(START).reservedMsat, 80_000);
  node.tracked = () => ({
    status: "succeeded",
    amountMsat: 100_000_000,
    feeMsat: 7000,
    attempts: [],
  });
  assert.deepEqual(await executor.recover(), { settled: 1, failed: 0, open: 0 });
  const late = results.at(-1)!;
  assert.deepEqual([late.id, late.status, late.feeMsat], ["a", "applied", 7000]);
  assert.deepEqual(ledger.spending(START).settledMsat, 7000);
});

Deno.test("Executor takes a payment that the node doesn't know for failed only after its invoice expired", async () => {
  const { executor, node, clock } = setUp();
  node.rebalance = () => Promise.reject(new UnreachableError("the connection was lost"));
  await executor.execute(suggestion("a"));
  assert.deepEqual(await executor.recover(), { settled: 0, failed: 0, open: 1 });
  clock.advanceTo(clock.nowMs() + 10 * 60_000);
  assert.deepEqual(await executor.recover(), { settled: 0, failed: 1, open: 0 });
});

Deno.test("Executor makes the node forget what it finds failed after a lost connection, too", async () => {
  const { executor, node } = setUp();
  node.answer = () => ({ status: "in_flight" });
  await executor.execute(suggestion());
  node.tracked = () => failed();
  assert.deepEqual(await executor.recover(), { settled: 0, failed: 1, open: 0 });
  assert.deepEqual(node.forgotten, ["hash-1"]);
});

Deno.test("Executor keeps to the operator's bounds by what the channels hold when it pays", async () => {
  const cases: [Record<string, { low?: number; high?: number }>, number][] = [
    [{}, 100_000],
    // Of 5,000,000 sat of 10,000,000 on either side.
    [{ source: { low: 0.492 } }, 80_000],
    [{ target: { high: 0.506 } }, 60_000],
    [{ source: { low: 0.5 } }, 0],
    [{ source: { high: 0.1 }, target: { low: 0.9 } }, 100_000],
  ];
  for (const [rules, movedSat] of cases) {
    const { executor } = setUp({ boundsOf: ({ channelId }) => rules[channelId] ?? {} });
    const { amountMsat, reason } = await executor.execute(suggestion());
    assert.equal(amountMsat / 1000, movedSat, JSON.stringify(rules));
    if (movedSat < 100_000) assert.match(reason!, /a channel holds too little/);
  }
});

Deno.test("Executor stops when the node did not keep the fee limit", async () => {
  const { executor, node, broken } = setUp();
  node.answer = (order) => settled(order, order.feeLimitMsat + 1);
  const result = await executor.execute(suggestion());
  assert.equal(node.paid.length, 1);
  assert.equal(result.feeMsat, 80_001);
  assert.equal(broken.count, 1);
});

Deno.test("Executor books the worst case of a payment that moved less than was promised", async () => {
  const { executor, node, ledger, broken } = setUp();
  node.answer = () => ({ status: "succeeded", amountMsat: 0, feeMsat: 0, attempts: [] });
  const { reason } = await executor.execute(suggestion());
  assert.match(reason!, /did not keep what it promised; the target's peer gained 0 sat only/);
  assert.deepEqual([node.paid.length, broken.count], [1, 1]);
  assert.deepEqual(ledger.spending(START), { settledMsat: 80_000, reservedMsat: 0 });
});

Deno.test("Executor sees a broken promise in what it finds after a lost connection, too", async () => {
  const { executor, node, ledger, broken } = setUp();
  node.answer = () => ({ status: "in_flight" });
  await executor.execute(suggestion());
  node.tracked = () => ({ status: "succeeded", amountMsat: 1e8, feeMsat: 90_000, attempts: [] });
  assert.deepEqual(await executor.recover(), { settled: 1, failed: 0, open: 0 });
  assert.equal(broken.count, 1);
  assert.equal(ledger.spending(START).settledMsat, 90_000);
});

Deno.test("Executor doubts a rebalance whose target gained nothing", async () => {
  const { executor, node } = setUp();
  node.rebalance = (order) => Promise.resolve(settled(order, 1));
  const result = await executor.execute(suggestion());
  assert.match(result.reason!, /target's peer gained 0 sat only/);
});

Deno.test("Executor sets nothing aside for a payment that the node refused to begin, all for one that was lost", async () => {
  for (
    const [error, reservedMsat] of [
      [new RefusedError("the macaroon does not allow this"), 0],
      [new UnreachableError("the connection broke off"), 80_000],
    ] as const
  ) {
    const { executor, node, ledger } = setUp();
    node.answer = () => {
      throw error;
    };
    const result = await executor.execute(suggestion());
    assert.match(result.reason!, new RegExp(error.message));
    assert.deepEqual(ledger.spending(START), { settledMsat: 0, reservedMsat });
  }
});

Deno.test("Executor says why it went no further where something was moved", async () => {
  const cases: [(node: ObedientNode) => void, RegExp][] = [
    [
      (node) => node.channels = () => Promise.reject(new UnreachableError("gone")),
      /does not tell of its channels/,
    ],
    [(node) => node.list[1].active = false, /target channel is not active/],
  ];
  for (const [change, reason] of cases) {
    const { executor, node } = setUp();
    node.answer = (order) => {
      if (order.invoice.amountMsat > 60_000_000) return failed();
      change(node);
      return settled(order, 1000);
    };
    const result = await executor.execute(suggestion());
    assert.deepEqual([result.status, result.amountMsat], ["applied", 50_000_000]);
    assert.match(result.reason!, reason);
  }
});
